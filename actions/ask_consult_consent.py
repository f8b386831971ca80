"""Read the consult request back and ask for consent."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.asking import Prompt, ask, numbered
from actions.readback import read_back
from bot.consult.conversation.steps import CHANGEABLE

WHICH = Prompt(
    text="What should I change?",
    sms=f"What should I change? {numbered(tuple(CHANGEABLE.values()))}",
    short="Change name, phone, time or reason?",
    buttons=tuple(CHANGEABLE.values()),
)


class AskConsultConsent(Action):
    """Rasa runs it when the form asks for the slot."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_ask_consult_consent"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Say the question."""
        ask(dispatcher, tracker, WHICH if tracker.get_slot("consult_changing") else read_back(tracker))
        return []
