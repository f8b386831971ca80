"""A plain "no": declines what the assistant's reply just before has offered."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_question import give
from actions.answering import bound, say_fixed
from actions.choosing import choose, decline
from actions.context import turn_of
from actions.memory import CONSULT, Memory
from actions.say import say


class Deny(Action):
    """None of the choices, or no call back; without an offer the conversation just goes on."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_deny"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Say what the no means."""
        turn, memory = turn_of(tracker), Memory.of(tracker)
        if memory.asked:
            declined = choose(turn, memory) or decline(turn, memory)  # "no, the second one" takes that
            if declined:
                return give(dispatcher, turn, memory, declined)
        here = bound(turn) if memory.offered == CONSULT else None
        if here:
            said = say_fixed("smalltalk", "no_contact", turn, here[1], contact=False)
            say(dispatcher, turn, said.reply, said.clinic)
            return [SlotSet("offered", None)]
        dispatcher.utter_message(response="utter_deny")
        return []
