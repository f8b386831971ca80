"""What a reply in the consult form fills: each field read into slots."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from rasa_sdk import Tracker

from actions.consult_context import asked_before, clinic_settings, history, said_before
from bot.consult.conversation.change import read_field
from bot.consult.conversation.contact import contact_of, read_contacts, read_name
from bot.consult.conversation.method import read_method
from bot.consult.conversation.steps import (
    CATEGORIES,
    CHANGE,
    CHANGEABLE,
    NO,
    SHARE,
    TEXT_ME,
    YES,
    cleared,
    consent_options,
    reason_options,
    when_options,
)
from bot.consult.conversation.when import read_when
from bot.consult.conversation.words import NO as NO_WORDS
from bot.consult.conversation.words import NOTHING_MORE, pick, plain
from bot.consult.conversation.words import YES as YES_WORDS
from bot.consult.errors import InvalidFieldError
from bot.consult.fields import parse_reason, parse_when, parse_words
from bot.consult.model import CONSENT, HISTORY_CONSENT, SMS_CONSENT

Slots = dict[str, Any]
YES_OR_NO = "Please answer yes or no."


def understood_time(text: str, tracker: Tracker) -> str | None:
    """When staff may reach the patient, on the clinic's clock; None where the words are not understood."""
    return read_when(text, now=datetime.now(timezone.utc), zone=clinic_settings(tracker).timezone or "")


def read(slot: str, text: str, tracker: Tracker) -> Slots:
    """The slots that the reply fills. Raises InvalidFieldError with words for the patient."""
    return _READERS[slot](text, tracker)


def _name(text: str, tracker: Tracker) -> Slots:
    name, reached = read_name(text)
    contact = _contact(reached, tracker) if reached and not tracker.get_slot("consult_contact") else {}
    return {"consult_name": name, **contact}


def _contact(text: str, tracker: Tracker) -> Slots:
    shown = read_contacts(text)
    given = contact_of(shown)
    method = read_method(text)[0]
    how = "call" if given.phone else "email"
    if given.phone and (method == "text" or (method == "email" and given.email)):
        how = method
    return {"consult_contact": shown, "consult_how": how}


def _when(text: str, tracker: Tracker) -> Slots:
    options = when_options(tracker.slots)
    chosen = pick(text, options)
    words = options[chosen] if chosen is not None else text
    method, rest = ("text", "") if words == TEXT_ME else read_method(words)
    slots = _method(method, tracker) if method else {}
    if "consult_contact" in slots or (method and not rest):
        return {**slots, "consult_when": None}  # how, but not when
    words = parse_when(rest or words)
    reading = understood_time(words, tracker)
    if reading is None or chosen is not None or plain(reading) == plain(words):
        return {**slots, "consult_when": words}
    return {**slots, "consult_when": f"{words} ({reading})"}


def _method(method: str, tracker: Tracker) -> Slots:
    """Call, text or email; the contact is asked again where what it needs was not given."""
    given = contact_of(str(tracker.get_slot("consult_contact") or ""))
    possible = given.email if method == "email" else given.phone
    return {"consult_how": method} if possible else cleared("consult_contact")


def _sms_consent(text: str, tracker: Tracker) -> Slots:
    said = plain(text)
    if said in NO_WORDS | NOTHING_MORE or pick(text, ("yes", "no")) == 1:
        return {"consult_sms_consent": False, "consult_how": "call"}
    if said not in YES_WORDS and pick(text, ("yes", "no")) != 0:
        raise InvalidFieldError(YES_OR_NO)
    return {"consult_sms_consent": True if _shown(SMS_CONSENT, tracker) else None}


def _reason(text: str, tracker: Tracker) -> Slots:
    question = asked_before(tracker)
    options = reason_options(question.heading if question else "")
    chosen = pick(text, options)
    if question and (chosen == 0 or plain(text) in YES_WORDS or plain(text) == plain(question.heading)):
        category = CATEGORIES.get(question.topic, "other")
        return {"consult_reason": category, "consult_words": question.heading}
    if chosen is not None:
        return {"consult_reason": parse_reason(options[chosen]), "consult_words": None}
    if not any(c.isalpha() for c in text) or plain(text) in YES_WORDS | NO_WORDS:
        raise InvalidFieldError("Please pick one, or write in a few words what it is about.")
    return {"consult_reason": "other", "consult_words": parse_words(text, what="what it is about")}


def _words(text: str, tracker: Tracker) -> Slots:
    if plain(text) in NOTHING_MORE or plain(text) == "1":
        return {"consult_words": ""}
    return {"consult_words": parse_words(text, what="what it is about")}


def _consent(text: str, tracker: Tracker) -> Slots:
    if tracker.get_slot("consult_changing"):
        return _changing(text)
    field = read_field(text)
    if field:
        return {"consult_consent": None, **cleared(field)}
    chosen = _choice(text, tracker)
    if chosen == CHANGE:
        return {"consult_consent": None, "consult_changing": True}
    if chosen == NO:
        return {"consult_consent": False, "consult_left": "declined"}
    if not _shown(CONSENT, tracker):
        return {"consult_consent": None}  # the words come first, then the yes
    shared = chosen == SHARE and _shown(HISTORY_CONSENT, tracker)
    return {"consult_consent": True, "consult_share": shared}


def _choice(text: str, tracker: Tracker) -> str:
    """Which way to answer the read-back; only a plain yes is consent. Raises InvalidFieldError."""
    options = consent_options(history=bool(history(tracker)))
    chosen = pick(text, options)
    if chosen is not None:
        return options[chosen]
    said = plain(text)
    if said in YES_WORDS:
        return YES
    if said in NO_WORDS:
        return NO
    if said in ("change", "edit", "wrong", "something is wrong", "that is wrong", "thats wrong"):
        return CHANGE
    if SHARE in options and said in ("share", "yes share", "yes and share", "yes and share them"):
        return SHARE
    raise InvalidFieldError('Please answer yes or no, or say what to change, like "change phone".')


def _changing(text: str) -> Slots:
    """The answer to "what should I change?"; what names no field shows the read-back again."""
    chosen = pick(text, tuple(CHANGEABLE.values()))
    field = tuple(CHANGEABLE)[chosen] if chosen is not None else read_field(text)
    return {"consult_consent": None, "consult_changing": None, **(cleared(field) if field else {})}


def _shown(words: str, tracker: Tracker) -> bool:
    """Whether the reply just before showed these very words."""
    return any(words in said for said in said_before(tracker))


_READERS: dict[str, Callable[[str, Tracker], Slots]] = {
    "consult_name": _name,
    "consult_contact": _contact,
    "consult_when": _when,
    "consult_sms_consent": _sms_consent,
    "consult_reason": _reason,
    "consult_words": _words,
    "consult_consent": _consent,
}
