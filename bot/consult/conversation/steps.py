"""The order in which the form asks, and the choices that each step shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.consult.model import REASONS

FIELDS = (
    "consult_name",
    "consult_contact",
    "consult_when",
    "consult_sms_consent",
    "consult_reason",
    "consult_words",
    "consult_consent",
)
# what belongs to a field and is asked anew with it
WITH = {
    "consult_contact": ("consult_how", "consult_sms_consent"),
    "consult_when": ("consult_sms_consent",),
    "consult_reason": ("consult_words",),
}
HELPERS = ("consult_how", "consult_share", "consult_changing", "consult_left", "consult_tries")
ANY_TIME, TEXT_ME = "Any time", "Text me instead"
TIMES = (ANY_TIME, "Weekday mornings", "Weekday afternoons")
THAT_IS_ALL = "No, that is all"
YES, SHARE, CHANGE, NO = "Yes", "Yes, and share my questions", "Change something", "No, do not send it"
CHANGEABLE = {
    "consult_name": "Name",
    "consult_contact": "Phone or email",
    "consult_when": "Time",
    "consult_reason": "What it is about",
}
# topics of the FAQ as categories of a request
CATEGORIES = {
    "cost": "cost",
    "preparation": "preparation",
    "aftercare": "after",
    "schedule": "scheduling",
    "logistics": "scheduling",
    "medications": "medical",
    "side_effects": "medical",
    "safety": "medical",
    "eligibility": "medical",
    "conditions": "medical",
}


def required(slots: Mapping[str, Any]) -> list[str]:
    """The fields to fill; consent to SMS only of those who want to be texted."""
    if slots.get("consult_left"):
        return []
    return [f for f in FIELDS if f != "consult_sms_consent" or slots.get("consult_how") == "text"]


def before(slot: str, slots: Mapping[str, Any]) -> str | None:
    """The field asked before this one that was answered in words; None at the first."""
    asked = required(slots)
    earlier = asked[: asked.index(slot)] if slot in asked else []
    return next((f for f in reversed(earlier) if slots.get(f) not in (None, "")), None)


def cleared(slot: str) -> dict[str, Any]:
    """A field with what belongs to it, empty."""
    return dict.fromkeys((slot, *WITH.get(slot, ())))


def when_options(slots: Mapping[str, Any]) -> tuple[str, ...]:
    """Times to pick, and the change to a text message where a phone would be called."""
    return (*TIMES, TEXT_ME) if slots.get("consult_how") == "call" else TIMES


def reason_options(asked: str) -> tuple[str, ...]:
    """What it may be about: the question asked before ("" for none), then the categories."""
    return (*([f'My question "{asked}"'] if asked else []), *REASONS.values())


def consent_options(*, history: bool) -> tuple[str, ...]:
    """The ways to answer the read-back. Sharing what was asked before is never the plain yes."""
    return (YES, *([SHARE] if history else []), CHANGE, NO)
