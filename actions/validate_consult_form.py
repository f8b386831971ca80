"""Check each field of the consult form; a question in the middle is answered and the form goes on."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.answering import answer
from actions.context import Turn, turn_of
from actions.say import say, say_text
from bot.consult.model import InvalidFieldError, parse_contact, parse_name, parse_words
from knowledge.split import asks
from knowledge.text import key

FIELDS = ("consult_name", "consult_contact", "consult_when", "consult_reason", "consult_consent")
MAX_TRIES = 3
LEAVE = frozenset(
    "never mind|nevermind|forget it|cancel|stop|quit|exit|no thanks|no thank you|i changed my mind|leave it|"
    "dont call me|do not call me|start over".split("|")
)
YES = frozenset(
    "yes|y|yeah|yep|yup|sure|ok|okay|of course|i agree|agree|correct|right|please do|yes please|si".split("|")
)
NO = frozenset("no|n|nope|nah|dont|do not|disagree|i do not agree|no way".split("|"))
MAX_NAME_WORDS = 3
GAVE_UP = (
    "I could not make that out, so I have stored nothing. You can ask me again at any time, or contact the clinic "
    "directly."
)


class ValidateConsultForm(FormValidationAction):
    """Rasa runs this after each message while the form is active."""

    def name(self) -> str:
        """Name in the domain."""
        return "validate_consult_form"

    async def required_slots(
        self, domain_slots: list[str], dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[str]:
        """Nothing more to ask once the patient has left the form."""
        return [] if tracker.get_slot("consult_left") else list(FIELDS)

    def validate_consult_name(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """The name that staff ask for."""
        return self._field("consult_name", value, parse_name, dispatcher, tracker)

    def validate_consult_contact(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """Phone or email."""
        return self._field("consult_contact", value, lambda text: parse_contact(text).shown, dispatcher, tracker)

    def validate_consult_when(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """When to call."""
        return self._field(
            "consult_when",
            value,
            lambda text: parse_words(text, what="when staff may reach you"),
            dispatcher,
            tracker,
        )

    def validate_consult_reason(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """What it is about: any words do, a question too."""
        if _plain(str(value)) in LEAVE:
            return {"consult_reason": None, "consult_left": True}
        return self._field(
            "consult_reason",
            value,
            lambda text: parse_words(text, what="what it is about"),
            dispatcher,
            tracker,
            questions=False,
        )

    def validate_consult_consent(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """Only a plain yes is consent."""
        words = _plain(str(value))
        if words in YES:
            return {"consult_consent": True}
        if words in NO:
            return {"consult_consent": False, "consult_left": True}
        return self._field("consult_consent", value, _neither, dispatcher, tracker)

    def _field(
        self,
        slot: str,
        value: Any,
        parse: Callable[[str], str],
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        *,
        questions: bool = True,
    ) -> dict[str, Any]:
        turn, text = turn_of(tracker), str(value)
        if _plain(text) in LEAVE:
            return {slot: None, "consult_left": True}
        if questions and _is_question(slot, text) and _answered(turn, dispatcher, always=slot != "consult_when"):
            return {slot: None}
        try:
            return {slot: parse(text), "consult_tries": 0}
        except InvalidFieldError as error:
            tries = int(tracker.get_slot("consult_tries") or 0) + 1
            if tries >= MAX_TRIES:
                say_text(dispatcher, turn, "consult", GAVE_UP)
                return {slot: None, "consult_left": True}
            say_text(dispatcher, turn, "consult", str(error))
            return {slot: None, "consult_tries": tries}


def _neither(text: str) -> str:
    raise InvalidFieldError("Please answer yes or no.")


def _plain(text: str) -> str:
    """Words as they are compared with LEAVE, YES and NO: small letters, no accents, no apostrophes."""
    decomposed = unicodedata.normalize("NFKD", key(text))
    return "".join(c for c in decomposed if c.isascii() and c != "'")


def _is_question(slot: str, text: str) -> bool:
    """Whether the words ask something instead of filling the field; "Will Smith" is a name."""
    if slot == "consult_name" and not text.rstrip().endswith("?"):
        return asks(text) and len(text.split()) > MAX_NAME_WORDS
    return asks(text)


def _answered(turn: Turn, dispatcher: CollectingDispatcher, *, always: bool) -> bool:
    """Answer a question asked in the middle of the form.

    `always` says what the search has to say even where no question was understood; otherwise that is False,
    and the words fill the field.
    """
    answered = answer(turn, may_ask=False)
    if not always and not any(u.known for u in answered.found):
        return False
    # without buttons: what the form asks next is the only choice to make
    messages = tuple(replace(message, buttons=()) for message in answered.reply.messages)
    say(dispatcher, turn, replace(answered.reply, messages=messages), answered.clinic)
    return True
