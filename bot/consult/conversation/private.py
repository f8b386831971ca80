"""What nobody is asked for and nothing keeps: date of birth, social security, insurance and card numbers."""

from __future__ import annotations

from bot.safety.identifiers import BIRTH_YEAR, IDENTIFIERS

_PATTERNS = (*(pattern for _, pattern in IDENTIFIERS), BIRTH_YEAR)


def withhold(text: str) -> tuple[str, bool]:
    """The text without such numbers, and whether there were any.

    >>> withhold("Ana, dob 4/5/1980")
    ('Ana', True)
    """
    kept = text
    for pattern in _PATTERNS:
        kept = pattern.sub(" ", kept)
    if kept == text:
        return text, False
    return " ".join(kept.split()).strip(" ,;:.-"), True
