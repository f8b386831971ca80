""" "Change my phone number to ...": which field the patient wants to change."""

from __future__ import annotations

import re

_FIELDS = {
    "consult_name": r"name",
    "consult_contact": r"phone|number|phone number|cell|email|e-?mail|email address|contact|address",
    "consult_when": r"time|when|day|hours?",
    "consult_reason": r"reason|about|topic|what it is about|subject",
}
_ANY = "|".join(f"(?P<{slot}>{words})" for slot, words in _FIELDS.items())
_CHANGE = re.compile(
    r"(?:(?:no|wait|sorry|please|i want to|i need to|id like to|can i|let me)[\s,]+)*"
    rf"(?:change|correct|fix|edit|update)\s+(?:my |the )?(?:{_ANY})(?:\s+to\s+(?P<to>.+))?[.!?]*",
    re.I,
)
_WRONG = re.compile(
    rf"(?:(?:no|wait|sorry)[\s,]+)*(?:(?:wrong|bad)\s+(?:{_ANY})|"
    rf"(?:my |the )?(?:{_ANY.replace('?P<', '?P<x_')})\s+(?:is|'s)\s+wrong)[.!]*",
    re.I,
)


def read_change(text: str) -> tuple[str, str] | None:
    """The slot to ask again, and the new value where it was said too. None where nothing is to be changed.

    >>> read_change("change my phone number")
    ('consult_contact', '')
    """
    match = _CHANGE.fullmatch(text.strip()) or _WRONG.fullmatch(text.strip())
    if not match:
        return None
    groups = match.groupdict()
    slot = next(s for s in _FIELDS if groups.get(s) or groups.get(f"x_{s}"))
    return slot, (groups.get("to") or "").strip()


def read_field(text: str) -> str | None:
    """The slot that a bare word names ("phone"), where it was asked what to change."""
    return next(
        (slot for slot, words in _FIELDS.items() if re.fullmatch(rf"(?:my |the )?(?:{words})", text, re.I)), None
    )
