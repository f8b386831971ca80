"""action_affirm: a plain yes takes what was offered just before, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.affirm import Affirm

Heard = Callable[..., Tracker]
pytestmark = pytest.mark.usefixtures("knowledge")


def asked(*questions: str) -> dict[str, Any]:
    """The slots after the assistant asked back."""
    return {"choices": {"questions": list(questions), "text": "how long"}}


def test_yes_to_an_offer_begins_the_consult_form_once(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    events = Affirm().run(dispatcher, heard("yes", before={"offered": "consult"}), {})
    assert events == [SlotSet("offered", None), FollowupAction("consult_form")]
    assert dispatcher.messages == []


@pytest.mark.parametrize("slots", [{}, {"offered": None}, {"offered": "something else"}])
def test_yes_to_nothing_asks_what_the_patient_wants(
    dispatcher: CollectingDispatcher, heard: Heard, slots: dict[str, str | None]
) -> None:
    assert Affirm().run(dispatcher, heard("yes", before=slots), {}) == []
    assert [m["response"] for m in dispatcher.messages] == ["utter_what_else"]


def test_yes_to_an_offer_of_an_earlier_turn_takes_nothing(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    between = [{"event": "slot", "name": "offered", "value": "consult"}, {"event": "user", "text": "hello"}]
    tracker = heard("yes", slots={"offered": "consult"}, events=[{"event": "user", "text": "parking"}, *between])
    assert Affirm().run(dispatcher, tracker, {}) == []
    assert [m["response"] for m in dispatcher.messages] == ["utter_what_else"]


def test_yes_to_the_only_choice_takes_it(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    Affirm().run(dispatcher, heard("yes", before=asked("price")), {})
    (message,) = dispatcher.messages
    assert message["text"] == "One infusion costs $400."
    assert message["custom"]["entries"] == [{"clinic": "north", "id": "price"}]


def test_yes_to_several_choices_asks_which_one_and_keeps_them(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    events = Affirm().run(dispatcher, heard("yes", before=asked("price", "stop-eating")), {})
    (message,) = dispatcher.messages
    assert message["custom"]["kind"] == "clarify" and message["text"].startswith("Which one")
    assert [b["title"] for b in message["buttons"]] == [
        "How much does one infusion cost?",
        "How long before my infusion do I stop eating?",
    ]
    assert SlotSet("choices", asked("price", "stop-eating")["choices"]) in events


def test_yes_with_a_place_takes_that_choice(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    Affirm().run(dispatcher, heard("yes the second one", before=asked("price", "stop-eating")), {})
    assert dispatcher.messages[0]["text"] == "Stop eating 6 hours before your infusion."
