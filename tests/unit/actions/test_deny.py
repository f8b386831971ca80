"""action_deny: a plain no declines what was offered just before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.deny import Deny

Heard = Callable[..., Tracker]
pytestmark = pytest.mark.usefixtures("knowledge")

ASKED = {"choices": {"questions": ["price", "stop-eating"], "text": "how long"}}


def slots(events: list[Any]) -> dict[str, Any]:
    """The slots that events set."""
    return {e["name"]: e["value"] for e in events}


def test_no_to_the_choices_asks_for_other_words_and_offers_a_person(
    dispatcher: CollectingDispatcher, heard: Heard
) -> None:
    events = Deny().run(dispatcher, heard("no", before=ASKED), {})
    (message,) = dispatcher.messages
    assert message["custom"]["kind"] == "no_answer" and "other words" in message["text"]
    assert [b["title"] for b in message["buttons"]] == ["Ask staff to contact me"]
    assert slots(events) == {"offered": "consult", "choices": None}


def test_no_with_a_place_takes_that_choice(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    Deny().run(dispatcher, heard("no, the second", before=ASKED), {})
    assert dispatcher.messages[0]["text"] == "Stop eating 6 hours before your infusion."


def test_no_to_a_call_back_is_taken_at_its_word(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    assert Deny().run(dispatcher, heard("no thanks", before={"offered": "consult"}), {}) == [SlotSet("offered", None)]
    (message,) = dispatcher.messages
    assert message["text"].startswith("All right, nobody will contact you.")
    assert message["custom"]["kind"] == "smalltalk" and message["buttons"] == []


@pytest.mark.parametrize("kept", [{}, {"offered": "consult", **ASKED}])
def test_no_to_nothing_goes_on(dispatcher: CollectingDispatcher, heard: Heard, kept: dict[str, Any]) -> None:
    between = [{"event": "user", "text": "parking"}, {"event": "user", "text": "hello"}]
    assert Deny().run(dispatcher, heard("no", slots=kept, events=between), {}) == []
    assert [m["response"] for m in dispatcher.messages] == ["utter_deny"]
