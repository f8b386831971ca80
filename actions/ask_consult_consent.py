"""Read the consult request back and ask for consent."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.context import turn_of
from actions.say import say_text
from bot.consult.model import CONSENT
from knowledge import gsm7


class AskConsultConsent(Action):
    """Shows what would be passed on, word for word, before anything is stored."""

    def name(self) -> str:
        """Name in the domain: Rasa runs it when the form asks for `consult_consent`."""
        return "action_ask_consult_consent"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Say the summary."""
        turn = turn_of(tracker)
        name, contact, when, reason = (
            str(tracker.get_slot(f"consult_{field}") or "") for field in ("name", "contact", "when", "reason")
        )
        if turn.form == "sms":
            shown = ", ".join(gsm7.fit(t, n) for t, n in ((name, 30), (contact, 60), (when, 35), (reason, 40)))
            text = f"I will pass on: {shown}. {CONSENT} YES or NO?"
        else:
            text = (
                "I would pass this on to the clinic's staff:\n"
                f"- Name: {name}\n- Contact: {contact}\n- When: {when}\n- About: {reason}\n"
                f'"{CONSENT}" Is that all right?'
            )
        say_text(dispatcher, turn, "consult", text, buttons=("Yes", "No"))
        return []
