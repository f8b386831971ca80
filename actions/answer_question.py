"""Answer a question from the clinic's FAQ, or go on with what the conversation has come to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import Answered, answer
from actions.choosing import choose
from actions.context import Turn, turn_of
from actions.going_on import INTENT, go_on, wants_more
from actions.memory import CONSULT, Memory
from actions.offering import twice_declined, with_offer
from actions.say import say
from bot.watch.ids import enter_conversation
from bot.watch.record import carried, part


class AnswerQuestion(Action):
    """Says the clinic's answer, or that its FAQ does not say; asks back where the question leaves a doubt.

    What it must remember for the next message stands in slots (`actions.memory`).
    """

    def name(self) -> str:
        """Name in the domain."""
        return "action_answer_question"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Answer the latest message."""
        enter_conversation(tracker.sender_id)
        with part("action", carried(tracker.latest_message or {})):
            return self._run(dispatcher, tracker)

    def _run(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        turn, memory = turn_of(tracker), Memory.of(tracker)
        answered = respond(turn, memory)
        declined = twice_declined(answered.reply, tracker)
        reply = with_offer(answered.reply, answered.clinic, turn, declined=declined)
        events = give(dispatcher, turn, memory, replace(answered, reply=reply))
        return [*events, SlotSet("offered", CONSULT)] if declined else events


def respond(turn: Turn, memory: Memory) -> Answered:
    """The reply to a message: a choice taken, more of the same, or the answer to a question.

    The words decide which it is; the intent only where they say nothing to the search.
    """
    chosen = choose(turn, memory)
    if chosen:
        return chosen
    if wants_more(turn.text):
        return go_on(turn, memory)
    answered = answer(turn, memory)
    if turn.intent == INTENT and answered.reply.kind == "no_answer" and not answered.reply.questions:
        return go_on(turn, memory)
    return answered


def give(dispatcher: CollectingDispatcher, turn: Turn, memory: Memory, answered: Answered) -> list[EventType]:
    """Say a reply; the slots that remember it."""
    explain = answered.explain() if turn.explain else None
    say(dispatcher, turn, answered.reply, answered.clinic, explain=explain)
    return memory.after(answered.reply, answered.asked)
