"""Ask what the request is about; what was asked before is offered."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.asking import Prompt, ask, numbered
from actions.consult_context import asked_before
from bot.consult.conversation.steps import reason_options
from knowledge import gsm7


def prompt(tracker: Tracker) -> Prompt:
    """The question with its choices; the question asked before stands first."""
    question = asked_before(tracker)
    heading = question.heading if question else ""
    return Prompt(
        text="What is it about? Pick one, or write a few words.",
        sms=f"What is it about? Reply in a few words, or: {numbered(reason_options(gsm7.fit(heading, 60)))}.",
        short="What is it about, in a few words?",
        buttons=reason_options(heading),
    )


class AskConsultReason(Action):
    """Rasa runs it when the form asks for the slot."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_ask_consult_reason"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Say the question."""
        ask(dispatcher, tracker, prompt(tracker))
        return []
