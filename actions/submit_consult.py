"""Store the consult request that the patient has read back and agreed to."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timezone
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.exc import SQLAlchemyError

from actions.context import turn_of
from actions.say import say_text
from actions.services import consult_store
from actions.validate_consult_form import FIELDS
from bot.consult.model import CONSENT, CONSENT_VERSION, ConsultRequest, parse_contact

logger = logging.getLogger(__name__)

STORED = (
    "Thank you. Your request {id} is noted for the clinic's staff. This chat does not reach them in an emergency: "
    "call 911."
)
LEFT = "All right, I have stored nothing. You can go on asking questions."
FAILED = "I could not store your request, so nobody will call. Please try again in a few minutes or contact the clinic."


class SubmitConsult(Action):
    """Runs when the form is done or was left; clears the form's fields."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_submit_consult"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Store and confirm, or say that nothing was stored."""
        turn = turn_of(tracker)
        if tracker.get_slot("consult_consent") is not True or not turn.clinic:
            say_text(dispatcher, turn, "consult", LEFT)
            return _cleared()
        request = ConsultRequest(
            clinic=turn.clinic,
            channel=turn.form,
            conversation=tracker.sender_id,
            form_run=_form_run(tracker),
            name=tracker.get_slot("consult_name"),
            contact=parse_contact(tracker.get_slot("consult_contact")),
            when=tracker.get_slot("consult_when"),
            reason=tracker.get_slot("consult_reason"),
            consent=CONSENT,
            consent_version=CONSENT_VERSION,
            agreed_at=datetime.now(timezone.utc),
        )
        try:
            public_id = consult_store().add(request)
        except SQLAlchemyError:
            logger.exception("a consult request could not be stored")
            say_text(dispatcher, turn, "consult", FAILED)
            return _cleared()
        say_text(dispatcher, turn, "consult", STORED.format(id=public_id))
        return _cleared()


def _form_run(tracker: Tracker) -> str:
    """The same for every retry of one run through the form: the time at which the form began."""
    started = [e["timestamp"] for e in tracker.events if e.get("event") == "active_loop" and e.get("name")]
    return f"{started[-1]:.6f}" if started else uuid.uuid4().hex


def _cleared() -> list[EventType]:
    return [SlotSet(slot, None) for slot in (*FIELDS, "consult_left", "consult_tries", "offered")]
