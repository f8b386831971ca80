"""Numbers that identify a person and that nobody is asked for: card, social security, birth, insurance and record.

The one owner of these patterns: `personal` finds and blacks them out, the consult form withholds them. Where words
lead to the number, group 1 is the number alone.
"""

from __future__ import annotations

import re

_GAP = r"[^\w\]]{0,3}"  # but "]": "[date of birth]" was a number once
_IS = rf"{_GAP}(?:(?:is|was|es)\b)?{_GAP}"
_DATE = (
    r"(?:\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|\d{1,2} \d{1,2} \d{2,4}|[a-z]{3,10}\.? \d{1,2}(?:st|nd|rd|th)?(?:, ?| )\d{2,4}"
    r"|\d{1,2}(?:st|nd|rd|th)? (?:de )?[a-z]{3,10},? (?:de )?\d{2,4}|\d{6,8})(?!\d)"
)
_BORN = (
    r"(?i)(?:\bmy\s+)?(?:\bd\.?o\.?b\b\.?|\b(?:date of birth|birth ?(?:date|day)|b-?day|(?:i was )?born|"
    rf"nac[ií](?:do|da)?|fecha de nacimiento)\b)(?:\s+(?:is|was|on|in|the|es|el)\b)*{_GAP}"
)
_BIRTHDAY = (  # a date that can be no other
    r"(?<!\d)(?<!\d[/.-])(?:\d{1,2}[/.-]\d{1,2}[/.-](?:19\d\d|20[01]\d)"
    r"|(?:0?[1-9]|[12]\d|3[01])[/.-](?:0?[1-9]|[12]\d|3[01])[/.-][3-9]\d)(?!\d)(?![/.-]\d\d)"
)
_SOCIAL = r"(?i)(?:\bmy\s+)?\b(?:ssn?\b|social(?:\s+security)?(?:\s+(?:number|no\.?|#))?|seguro social)"
_NINE = r"(?:\d{9}(?!\d)|\d{3}[ .-]\d{2}[ .-]\d{4}(?!\d)|\d[\d .-]{2,}\d)"  # or whatever stands there
_HOLDER = (
    r"policy|member|insurance|subscriber|group|medicaid|medicare|mrn|chart|record|patient|account|p[oó]liza|afiliado|id"
)
_NUMBERED = (
    rf"(?i)(?:\bmy\s+)?\b(?:{_HOLDER}|plan|membership)(?:\s*(?:#|\b(?:card|id|number|num|no|n[uú]mero)\b\.?))+{_IS}"
)
_BARE = rf"(?i)(?:\bmy\s+)?\b(?:{_HOLDER})(?:\s+(?:is|es))?[ :#=,.(-]{{1,3}}"
_NO_PHONE_OR_SPAN = (  # behind a bare "patient" or "policy": a number to call, "24-48hrs", "2019-2024"
    r"(?!\(?(?:\+?1[ .-]?)?[2-9]\d\d\)?[ .-]?[2-9]\d\d[ .-]?\d{4}\b|\d{1,3}-\d{1,3}[a-z]|(?:19|20)\d\d-(?:19|20)\d\d\b)"
)

SOCIAL_SECURITY = re.compile(r"(?<![\d-])(?<!\d\.)\d{3}[- .]\d{2}[- .]\d{4}(?![\d-])")
# A year alone identifies nobody: a question may tell it, a request need not keep it.
BIRTH_YEAR = re.compile(rf"{_BORN}((?:19|20)\d\d)(?!\d)")
IDENTIFIERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("social security number", re.compile(rf"{_SOCIAL}{_IS}({_NINE})")),
    ("card", re.compile(r"(?<![\d+])(?:\d[ -]?){13,19}(?!\d)")),
    ("social security number", SOCIAL_SECURITY),
    ("date of birth", re.compile(rf"{_BORN}({_DATE})")),
    ("date of birth", re.compile(_BIRTHDAY)),
    ("member or record number", re.compile(rf"{_NUMBERED}((?=(?:[a-z-]*\d){{2}})[a-z0-9-]{{4,}})")),
    ("member or record number", re.compile(rf"{_BARE}{_NO_PHONE_OR_SPAN}((?=(?:[a-z-]*\d){{3}})[a-z0-9-]{{5,}})")),
    ("member or record number", re.compile(r"(?i)\bmrn(\d[a-z0-9-]{3,})")),
)
