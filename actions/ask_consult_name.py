"""Ask for the name."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.asking import Prompt, ask

PROMPT = Prompt(
    text="I can ask the clinic's staff to contact you. What name should they ask for? "
    '(Say "back" to go back, "never mind" to stop.)',
    sms="I can ask the clinic's staff to contact you. What name should they ask for? Reply BACK to go back, "
    "NEVER MIND to stop.",
    short="What name should staff ask for?",
)


class AskConsultName(Action):
    """Rasa runs it when the form asks for the slot."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_ask_consult_name"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Say the question."""
        ask(dispatcher, tracker, PROMPT)
        return []
