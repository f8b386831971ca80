"""Ask for consent to text messages, in its exact words."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.asking import Prompt, ask
from bot.consult.model import SMS_CONSENT

PROMPT = Prompt(
    text=f'To text you, the clinic needs your OK to this: "{SMS_CONSENT}" Do you agree? If not, they will call.',
    sms=f'To text you, the clinic needs your OK: "{SMS_CONSENT}" Reply YES, or NO to be called.',
    short="May they text you? Reply OK to read what you agree to.",
    buttons=("Yes", "No"),
)


class AskConsultSmsConsent(Action):
    """Rasa runs it when the form asks for the slot."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_ask_consult_sms_consent"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Say the question."""
        ask(dispatcher, tracker, PROMPT)
        return []
