"""Check each reply in the consult form; a question in the middle is answered and the form goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.answering import answer
from actions.consult_fields import Slots, read, understood_time
from actions.context import Turn, turn_of
from actions.say import say, say_text
from bot.consult.conversation.change import read_change
from bot.consult.conversation.private import withhold
from bot.consult.conversation.steps import before, cleared, required
from bot.consult.conversation.words import BACK, LEAVE, NOTHING_MORE, YES, plain
from bot.consult.errors import InvalidFieldError
from knowledge.sentences import asks

MAX_TRIES = 3
MAX_NAME_WORDS = 3
GAVE_UP = "gave up"
PRIVATE = "Please do not send a date of birth, social security, insurance or card number. I did not keep it."


class ValidateConsultForm(FormValidationAction):
    """Rasa runs this after each message while the form is active; every field goes through `_reply`."""

    def name(self) -> str:
        """Name in the domain."""
        return "validate_consult_form"

    async def required_slots(
        self, domain_slots: list[str], dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[str]:
        """What is asked, in this order; nothing more once the patient has left the form."""
        return required(tracker.slots)

    def validate_consult_name(self, value: Any, dispatcher: Any, tracker: Tracker, domain: DomainDict) -> Slots:
        """The name that staff ask for."""
        return _reply("consult_name", str(value), dispatcher, tracker)

    def validate_consult_contact(self, value: Any, dispatcher: Any, tracker: Tracker, domain: DomainDict) -> Slots:
        """Phone or email."""
        return _reply("consult_contact", str(value), dispatcher, tracker)

    def validate_consult_when(self, value: Any, dispatcher: Any, tracker: Tracker, domain: DomainDict) -> Slots:
        """When, and by call or text."""
        return _reply("consult_when", str(value), dispatcher, tracker)

    def validate_consult_sms_consent(self, value: Any, dispatcher: Any, tracker: Tracker, domain: DomainDict) -> Slots:
        """Consent to text messages."""
        return _reply("consult_sms_consent", str(value), dispatcher, tracker)

    def validate_consult_reason(self, value: Any, dispatcher: Any, tracker: Tracker, domain: DomainDict) -> Slots:
        """What it is about."""
        return _reply("consult_reason", str(value), dispatcher, tracker)

    def validate_consult_words(self, value: Any, dispatcher: Any, tracker: Tracker, domain: DomainDict) -> Slots:
        """A few words beside the category."""
        return _reply("consult_words", str(value), dispatcher, tracker)

    def validate_consult_consent(self, value: Any, dispatcher: Any, tracker: Tracker, domain: DomainDict) -> Slots:
        """The answer to the read-back."""
        return _reply("consult_consent", str(value), dispatcher, tracker)


def _reply(slot: str, said: str, dispatcher: Any, tracker: Tracker) -> Slots:
    """A reply while `slot` is asked: a way out, a way back, a change, a question, or the field itself."""
    text, withheld = withhold(said)
    if withheld:
        say_text(dispatcher, turn_of(tracker), "consult", PRIVATE)
        if not any(c.isalnum() for c in text):
            return {slot: None}
    words = plain(text)
    if words in LEAVE and not (slot in ("consult_words", "consult_sms_consent") and words in NOTHING_MORE):
        return {slot: None, "consult_left": "left"}
    if words in BACK:
        earlier = None if tracker.get_slot("consult_changing") else before(slot, tracker.slots)
        return {slot: None, "consult_changing": None, **(cleared(earlier) if earlier else {})}
    change = read_change(text)
    if change:
        return {slot: None, "consult_changing": None, **_changed(*change, tracker)}
    if _asked(slot, text, dispatcher, tracker):
        return {slot: None}
    return _read(slot, text, dispatcher, tracker)


def _read(slot: str, text: str, dispatcher: Any, tracker: Tracker) -> Slots:
    """The field read; a wrong one is explained, and after three tries there is a way out."""
    try:
        return {slot: None, **read(slot, text, tracker), "consult_tries": 0}
    except InvalidFieldError as error:
        tries = int(tracker.get_slot("consult_tries") or 0) + 1
        if tries < MAX_TRIES:
            say_text(dispatcher, turn_of(tracker), "consult", str(error))
            return {slot: None, "consult_tries": tries}
        if slot == "consult_sms_consent":  # no yes is a no: they call
            return {slot: False, "consult_how": "call", "consult_tries": 0}
        return {slot: None, "consult_left": GAVE_UP}


def _changed(slot: str, to: str, tracker: Tracker) -> Slots:
    """The field to ask again, or filled at once where the new value was said with it."""
    try:
        return {**cleared(slot), **(read(slot, to, tracker) if to else {})}
    except InvalidFieldError:
        return cleared(slot)


def _asked(slot: str, text: str, dispatcher: Any, tracker: Tracker) -> bool:
    """Answer a question asked in the middle; False where the words fill the field.

    A question is a fine reason or addition too: then it is answered where the FAQ can, and kept.
    """
    if not _is_question(slot, text, tracker):
        return False
    turn = turn_of(tracker)
    if slot in ("consult_reason", "consult_words"):
        _answered(turn, dispatcher, only="entries")
        return False
    return _answered(turn, dispatcher, only="understood" if slot == "consult_when" else "")


def _is_question(slot: str, text: str, tracker: Tracker) -> bool:
    """Whether the words ask something instead of filling the field; "Will Smith" is a name."""
    if plain(text) in YES:  # "y" is no "why" here
        return False
    if slot == "consult_name" and not text.rstrip().endswith("?"):
        return asks(text) and len(text.split()) > MAX_NAME_WORDS
    if slot == "consult_contact" and any(c.isdigit() or c == "@" for c in text):
        return False
    if slot == "consult_when" and understood_time(text, tracker):
        return False
    return asks(text)


def _answered(turn: Turn, dispatcher: Any, *, only: str) -> bool:
    """Say what the search has to say; with `only`, no more than what was understood or has an entry."""
    answered = answer(turn, may_ask=False)
    if (only == "understood" and not any(u.known for u in answered.found)) or (
        only == "entries" and not answered.reply.entries
    ):
        return False
    # without buttons: what the form asks next is the only choice to make
    messages = tuple(replace(message, buttons=()) for message in answered.reply.messages)
    say(dispatcher, turn, replace(answered.reply, messages=messages), answered.clinic)
    return True
