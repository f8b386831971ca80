"""Ask when staff may reach the patient."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.asking import Prompt, ask, numbered
from actions.consult_context import clinic_settings, dangers
from bot.consult.conversation.steps import when_options
from bot.consult.conversation.when import zone_words

VERBS = {"call": "call you", "text": "text you", "email": "write to you"}


def prompt(tracker: Tracker) -> Prompt:
    """The question in the words for call, text or email; where there is abuse at home, safety comes first."""
    verb = VERBS.get(str(tracker.get_slot("consult_how")), VERBS["call"])
    safe = "abuse" in dangers(tracker)
    asked = f"When is it safe to {verb}?" if safe else f"When is a good time to {verb}?"
    options = when_options(tracker.slots)
    zone = clinic_settings(tracker).timezone
    clock = f" Times are {zone_words(zone)}, the clinic's own." if zone else ""
    return Prompt(
        text=f'{asked} Pick one, or say it your way, like "tomorrow after 3".{clock}',
        sms=f'{asked} Reply like "tomorrow after 3", or: {numbered(options)}.',
        short=asked,
        buttons=options,
    )


class AskConsultWhen(Action):
    """Rasa runs it when the form asks for the slot."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_ask_consult_when"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Say the question."""
        ask(dispatcher, tracker, prompt(tracker))
        return []
