"""Personal data in a text: found, and blacked out before anything is logged or traced.

Patterns for what has a form (phone, email, card, social security, dates of birth, addresses, member and record
numbers); names only where the writer gives them as such. It leans to black out too much.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic)[a-z]*"
_DATE = rf"(?:\d{{1,4}}[/.\-]\d{{1,2}}[/.\-]\d{{1,4}}|{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?,? ?\d{{4}}|\d{{1,2}} (?:de )?{_MONTH},? (?:de )?\d{{4}})"
_NAME = r"[A-Z][\w'’-]+(?: [A-Z]\.)?(?: [A-Z][\w'’-]+){0,3}"

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")),
    ("card", re.compile(r"(?<![\d-])(?:\d[ -]?){13,19}(?![\d-])")),
    ("social security number", re.compile(r"(?<![\d-])\d{3}[- ]\d{2}[- ]\d{4}(?![\d-])")),
    (
        "social security number",
        re.compile(r"(?i)(?:\bssn?\b|social(?: security)?(?: number| no\.?| #)?|seguro social)\W{0,3}(?:is|es|:)?\W{0,3}(\d[\d -]{3,})"),
    ),
    ("phone", re.compile(r"(?<![\w.$])(?:\+?\d{1,2}[ .-]?)?(?:\(\d{3}\)|\d{3})[ .-]?\d{3}[ .-]?\d{4}(?!\d)")),
    ("phone", re.compile(r"(?<![\w.$-])\d{3}[ .-]\d{4}(?![\d-])")),
    ("date of birth", re.compile(rf"(?i)\b(?:dob|d\.o\.b\.?|born(?: on)?|birth ?(?:date|day)|date of birth|nac[ií](?:do|da)?(?: el)?|fecha de nacimiento)\W{{0,3}}(?:is|es|on|:)?\W{{0,3}}({_DATE}|\d{{6,8}})")),
    ("date of birth", re.compile(r"(?<!\d)(?:0?[1-9]|1[0-2]|[12]\d|3[01])[/.-](?:0?[1-9]|[12]\d|3[01])[/.-](?:19\d\d|20[01]\d|[3-9]\d)(?!\d)")),
    (
        "member or record number",
        re.compile(
            r"(?i)\b(?:member|policy|insurance|subscriber|group|medicaid|medicare|mrn|chart|record|patient|account|p[oó]liza|afiliado|id)"
            r"(?: ?(?:id|number|no\.?|num|#|n[uú]mero))?(?: is| es)?[ :#]{1,3}((?=[\w-]*\d)[A-Za-z0-9-]{5,})"
        ),
    ),
    (
        "address",
        re.compile(
            r"(?i)\b\d{1,6} (?:[NSEW]\.? )?(?:[\w'’.-]+ ){1,4}(?:st|street|ave|avenue|rd|road|blvd|boulevard|ln|lane|dr|drive|ct|court|way|"
            r"pl|place|cir|circle|pkwy|parkway|hwy|highway|terrace|trail|calle|avenida)\b\.?(?:,? (?:apt|unit|suite|#) ?\w+)?"
        ),
    ),
    ("name", re.compile(rf"(?:[Mm]y (?:full |last |legal )?name(?: is|'s|’s|:)|[Nn]ame ?:|[Pp]atient ?:|[Mm]e llamo|[Mm]i nombre es|[Tt]his is) +({_NAME})")),
    ("name", re.compile(r"(?:\bmy (?:full |last )?name(?: is|s)|\bme llamo|\bmi nombre es) +(\w+(?: \w+)?)")),
)  # fmt: skip


def personal_data(text: str) -> tuple[str, ...]:
    """What kinds of personal data stand in a text, each once, in the order of the patterns.

    A name alone is none: patients may say who they are.

    >>> personal_data("my email is a@example.com")
    ('email',)
    """
    return tuple(dict.fromkeys(kind for kind, p in _PATTERNS if kind != "name" and p.search(text)))


def redact(text: str, known: Iterable[str] = ()) -> str:
    """`text` with personal data replaced by its kind in brackets; `known` are spans to black out as they stand.

    Idempotent: a redacted text stays as it is.

    >>> redact("call me on (512) 555-0123")
    'call me on [phone]'
    """
    for span in sorted({k.strip() for k in known if len(k.strip()) > 1}, key=len, reverse=True):
        text = re.sub(re.escape(span), "[given]", text, flags=re.I)
    for kind, pattern in _PATTERNS:
        text = pattern.sub(lambda m, kind=kind: _blacked(m, kind), text)  # type: ignore[misc]
    return text


def _blacked(match: re.Match[str], kind: str) -> str:
    whole = match.group()
    if not match.lastindex:
        return f"[{kind}]"
    start, end = match.start(1) - match.start(), match.end(1) - match.start()
    return f"{whole[:start]}[{kind}]{whole[end:]}"
