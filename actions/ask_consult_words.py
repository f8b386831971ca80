"""Ask for a few words beside the category; none are needed."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.asking import Prompt, ask
from bot.consult.conversation.steps import THAT_IS_ALL

PROMPT = Prompt(
    text="Would you like to add a few words for them? Leave out anything you would rather say in person.",
    sms="Would you like to add a few words for them? If not, reply NO.",
    short="Any words to add? Or reply NO.",
    buttons=(THAT_IS_ALL,),
)


class AskConsultWords(Action):
    """Rasa runs it when the form asks for the slot."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_ask_consult_words"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Say the question."""
        ask(dispatcher, tracker, PROMPT)
        return []
