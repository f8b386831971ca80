"""A plain "yes": takes what the assistant's reply just before has offered."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_question import give
from actions.choosing import accept, choose
from actions.context import turn_of
from actions.memory import CONSULT, Memory


class Affirm(Action):
    """Takes a choice, or begins the consult request; without an offer it asks what the patient would like to know."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_affirm"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Answer, start the form, or ask."""
        turn, memory = turn_of(tracker), Memory.of(tracker)
        if memory.asked:
            taken = choose(turn, memory) or accept(turn, memory)  # "yes, the second one" takes that
            if taken:
                return give(dispatcher, turn, memory, taken)
        if memory.offered == CONSULT:
            return [SlotSet("offered", None), FollowupAction("consult_form")]
        dispatcher.utter_message(response="utter_what_else")
        return []
