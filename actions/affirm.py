"""A plain "yes": begins the consult request if the assistant has just offered one."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher


class Affirm(Action):
    """Follows the offer that the last reply made; without one it asks what the patient would like to know."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_affirm"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Start the form, or ask."""
        if tracker.get_slot("offered") == "consult":
            return [SlotSet("offered", None), FollowupAction("consult_form")]
        dispatcher.utter_message(response="utter_what_else")
        return []
