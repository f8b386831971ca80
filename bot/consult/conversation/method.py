"""Call, text or email: as the patient says it beside a time or a number."""

from __future__ import annotations

import re

_METHODS = {"call": r"call|phone|ring", "text": r"text|sms|txt", "email": r"e-?mail"}
_SAID = {
    method: re.compile(
        rf"\b(?:please\s+)?(?:(?:can you|could you|you can|just|rather|prefer(?: a)?|by|via|a)\s+)*(?:{verb})\b"
        r"(?:\s+(?:me|is better|is best|only|message))*(?:\s+instead)?(?:\s+please)?",
        re.I,
    )
    for method, verb in _METHODS.items()
}
_NOT = re.compile(r"\b(?:not?|never|don'?t|do not)\b", re.I)


def read_method(text: str) -> tuple[str, str]:
    """The method named ("" for none or where it is denied) and the words without it.

    >>> read_method("text me tomorrow after 3")
    ('text', 'tomorrow after 3')
    """
    if _NOT.search(text):
        return "", text
    named = [method for method, pattern in _SAID.items() if pattern.search(text)]
    if len(named) != 1:
        return "", text
    return named[0], " ".join(_SAID[named[0]].sub(" ", text, count=1).split()).strip(" ,.!")
