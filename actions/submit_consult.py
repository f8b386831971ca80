"""Store the consult request that the patient has read back and agreed to."""

from __future__ import annotations

import asyncio
import logging
import uuid
from datetime import datetime, timezone
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.consult_context import clinic_settings, dangers, happened, history
from actions.context import Turn, turn_of
from actions.say import say_text
from actions.services import consult_store
from actions.validate_consult_form import GAVE_UP as FORM_GAVE_UP
from bot.consult.conversation.contact import contact_of
from bot.consult.conversation.steps import FIELDS, HELPERS
from bot.consult.errors import ConsultError
from bot.consult.hours import expectation
from bot.consult.model import CONSENT, CONSENT_VERSION, SMS_CONSENT, Consent, ConsultRequest, Receipt
from bot.watch.ids import enter_conversation

logger = logging.getLogger(__name__)

STORED = "Thank you. Your request number is {id}. {expect} {help}"
APPENDED = "I have added this to your open request {id}. {expect} {help}"
NO_EMERGENCY = "This chat does not reach staff in an emergency: call 911."
IN_CRISIS = "If it gets too much before that, call or text 988 at any time. In danger: 911."
LEFT = "All right, I have stored nothing. You can go on asking questions."
GAVE_UP = (
    "I could not make that out, so I have stored nothing. You can ask me again at any time, or contact the clinic "
    "directly."
)
FAILED = (
    "I could not store your request, so nobody will call. What you wrote is still here: say yes in a few minutes to "
    "try again, or contact the clinic."
)
FORM = "consult_form"


class SubmitConsult(Action):
    """Runs when the form is done or was left; clears the form's fields, unless they could not be stored."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_submit_consult"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Store and confirm, or say that nothing was stored.

        In a thread: a database that is busy or away would hold up the answers of all others.
        """
        enter_conversation(tracker.sender_id)
        turn = turn_of(tracker)
        if tracker.get_slot("consult_consent") is not True or not turn.clinic:
            gave_up = tracker.get_slot("consult_left") == FORM_GAVE_UP
            say_text(dispatcher, turn, "consult", GAVE_UP if gave_up else LEFT)
            return _cleared()
        try:
            request = _request(turn, tracker)
            receipt = await asyncio.get_running_loop().run_in_executor(None, _stored, request)
        except ConsultError:
            logger.exception("a consult request could not be stored")
            say_text(dispatcher, turn, "consult", FAILED)
            return _asked_again(tracker)
        say_text(dispatcher, turn, "consult", _confirmed(receipt, request, tracker))
        return _cleared()


def _stored(request: ConsultRequest) -> Receipt:
    return consult_store().add(request)


def _confirmed(receipt: Receipt, request: ConsultRequest, tracker: Tracker) -> str:
    """The id to quote, when to expect to hear, and where help is in the meantime."""
    expect = expectation(request.created_at, clinic_settings(tracker))
    words = APPENDED if receipt.appended else STORED
    return words.format(id=receipt.public_id, expect=expect, help=IN_CRISIS if request.urgent else NO_EMERGENCY)


def _request(turn: Turn, tracker: Tracker) -> ConsultRequest:
    now = datetime.now(timezone.utc)
    contact = contact_of(tracker.get_slot("consult_contact"))
    how = tracker.get_slot("consult_how")
    texting = how == "text" and tracker.get_slot("consult_sms_consent") is True
    shared = tracker.get_slot("consult_share") is True
    return ConsultRequest(
        clinic=turn.clinic,
        channel=turn.form,
        conversation=tracker.sender_id,
        form_run=_form_run(tracker),
        name=tracker.get_slot("consult_name"),
        phone=contact.phone,
        email=contact.email,
        contact_method=how,
        contact_when=tracker.get_slot("consult_when"),
        timezone=clinic_settings(tracker).timezone or "",
        reason=tracker.get_slot("consult_reason"),
        reason_text=tracker.get_slot("consult_words") or "",
        consent=Consent(CONSENT, CONSENT_VERSION, now),
        sms_consent=Consent(SMS_CONSENT, CONSENT_VERSION, now) if texting else None,
        urgent=bool(dangers(tracker)),
        history_consent=shared,
        history=history(tracker) if shared else (),
        created_at=now,
    )


def _form_run(tracker: Tracker) -> str:
    """The same for every retry of one run through the form: the time at which the form began."""
    began = _began(tracker)
    return f"{began:.6f}" if began else uuid.uuid4().hex


def _began(tracker: Tracker) -> float | None:
    started = [happened(e) for e in tracker.events if e.get("event") == "active_loop" and e.get("name")]
    return started[-1] if started else None


def _asked_again(tracker: Tracker) -> list[EventType]:
    """The form goes on with every field but the consent: Rasa runs it next, and it reads all back again.

    The loop comes last: a slot at the end of the events would be validated as if the patient had said it.
    """
    went_on = {**ActiveLoop(FORM), "metadata": {"again": _began(tracker)}}  # the same run through the form
    return [SlotSet("consult_consent", None), went_on]


def _cleared() -> list[EventType]:
    return [SlotSet(slot, None) for slot in (*FIELDS, *HELPERS, "offered")]
