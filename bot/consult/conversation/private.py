"""What nobody is asked for and nothing keeps: date of birth, social security, insurance and card numbers."""

from __future__ import annotations

import re

_DATE = (
    r"(?:[a-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{2,4}|\d{1,2}(?:st|nd|rd|th)? [a-z]{3,9},? \d{2,4}"
    r"|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|(?:19|20)\d\d)"
)
_IS = r"(?:\s+(?:is|was|on|in|the))*\W{0,3}"
_PATTERNS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"(?:my\s+)?(?:\bd\.?o\.?b\b\.?|\bdate of birth|\bbirth\s?da(?:te|y)|\b(?:i was )?born){_IS}{_DATE}",
        r"(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-](?:19\d\d|20[01]\d)(?!\d)",  # a date that can only be one of birth
        rf"(?:my\s+)?\b(?:ssn|ss#|social(?:\s+security)?(?:\s+(?:number|no\.?|#))?){_IS}\d[\d -]{{5,}}\d",
        r"(?<![\d-])\d{3}[- .]\d{2}[- .]\d{4}(?![\d-])",
        r"(?:my\s+)?\b(?:insurance|policy|member(?:ship)?|group|subscriber|medicare|medicaid|plan)"
        rf"(?:\s+(?:card|id|number|no\.?|#))+{_IS}(?=[a-z0-9-]*\d)[a-z0-9-]{{4,}}",
        r"(?<![\d+])(?:\d[ -]?){13,19}(?!\d)",
    )
)


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
