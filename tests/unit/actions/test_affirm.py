"""action_affirm: a plain yes takes what was offered, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.affirm import Affirm

Heard = Callable[..., Tracker]


def test_yes_to_an_offer_begins_the_consult_form_once(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    events = Affirm().run(dispatcher, heard("yes", slots={"offered": "consult"}), {})
    assert events == [SlotSet("offered", None), FollowupAction("consult_form")]
    assert dispatcher.messages == []


@pytest.mark.parametrize("slots", [{}, {"offered": None}, {"offered": "something else"}])
def test_yes_to_nothing_asks_what_the_patient_wants(
    dispatcher: CollectingDispatcher, heard: Heard, slots: dict[str, str | None]
) -> None:
    assert Affirm().run(dispatcher, heard("yes", slots=slots), {}) == []
    assert [m["response"] for m in dispatcher.messages] == ["utter_what_else"]
