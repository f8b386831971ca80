"""Answer a question from the clinic's FAQ."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import answer
from actions.context import turn_of
from actions.say import say

OFFERS_CONTACT = frozenset({"no_answer", "defer"})


class AnswerQuestion(Action):
    """Says the clinic's answer, or that its FAQ does not say.

    Remembers what was asked and whether a call back was offered.
    """

    def name(self) -> str:
        """Name in the domain."""
        return "action_answer_question"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Answer the latest message."""
        turn = turn_of(tracker)
        answered = answer(turn, str(tracker.get_slot("last_question") or ""))
        say(
            dispatcher,
            turn,
            answered.reply,
            answered.clinic,
            explain=answered.explain() if turn.explain else None,
        )
        events = [SlotSet("offered", "consult" if answered.reply.kind in OFFERS_CONTACT else None)]
        if answered.reply.questions:
            events.append(SlotSet("last_question", answered.reply.questions[-1][0]))
        return events
