"""What is decided about a text before Rasa sees it: unusable text, and slashes that Rasa takes as commands."""

from __future__ import annotations

import re
import unicodedata

MAX_LENGTH = 2000

_LEADING = re.compile(r"^[\s/]+")

EMPTY = "Please type your question, for example: How should I prepare for my infusion?"
TOO_LONG = f"That message is too long for me. Please ask in at most {MAX_LENGTH:,} characters."
NO_WORDS = "I can only read words. Please type your question."


def refusal(text: str) -> str | None:
    """What to say to a text that cannot be a question, or None. Look for danger in it first.

    >>> refusal("   ")
    'Please type your question, for example: How should I prepare for my infusion?'
    >>> refusal("how much?") is None
    True
    """
    if not text.strip():
        return EMPTY
    if len(text) > MAX_LENGTH:
        return TOO_LONG
    if not any(c.isalnum() for c in text):  # slashes alone end here too
        return EMPTY if all(unicodedata.category(c)[0] in "CZ" for c in text) else NO_WORDS
    return None


def as_text(text: str) -> str:
    """`text` so that Rasa takes it as words: it reads a leading slash as a command from anybody."""
    return _LEADING.sub("", text).strip()
