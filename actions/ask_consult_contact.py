"""Ask for phone or email."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.asking import Prompt, ask

PROMPT = Prompt(
    text="How can they reach you: a phone number with area code, or an email address? "
    "Please do not send your date of birth, social security or insurance number.",
    sms="How can they reach you: phone number with area code, or email?",
    short="Your phone number or email?",
)


class AskConsultContact(Action):
    """Rasa runs it when the form asks for the slot."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_ask_consult_contact"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Say the question."""
        ask(dispatcher, tracker, PROMPT)
        return []
