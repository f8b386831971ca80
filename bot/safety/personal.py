"""Personal data in a text: found, and blacked out before anything is logged or traced.

Patterns for what has a form: email and phone here, numbers that identify in `identifiers`, addresses in `addresses`;
names only where the writer gives them as such. It leans to black out too much.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.safety.addresses import ADDRESS
from bot.safety.identifiers import IDENTIFIERS

_NAME = r"[A-Z][\w'’-]+(?: [A-Z]\.)?(?: [A-Z][\w'’-]+){0,3}"

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")),
    *IDENTIFIERS,
    ("phone", re.compile(r"(?<![\w+])\+\d(?:[ .()-]{0,2}\d){7,14}(?!\d)")),
    ("phone", re.compile(r"(?<![\w.$])(?:\+?\d{1,2}[ .-]?)?(?:\(\d{3}\)|\d{3})[ .-]?\d{3}[ .-]?\d{4}(?!\d)")),
    ("phone", re.compile(r"(?<![\w.$-])\d{3}[ .-]\d{4}(?![\d-])")),
    ("address", ADDRESS),
    ("name", re.compile(rf"(?:[Mm]y (?:full |last |legal )?name(?: is|'s|’s|:)|[Nn]ame ?:|[Pp]atient ?:|[Mm]e llamo|[Mm]i nombre es|[Tt]his is) +({_NAME})")),
    ("name", re.compile(r"(?:\bmy (?:full |last )?name(?: is|s)|\bme llamo|\bmi nombre es) +(\w+(?: \w+)?)")),
)  # fmt: skip

# What the consult form asks for: there it needs no word on privacy.
ASKED_FOR = frozenset({"phone", "email"})
_WORTH_A_LOOK = re.compile(r"[\d@]")  # all but names hold one of these; most questions none


def personal_data(text: str) -> tuple[str, ...]:
    """What kinds of personal data stand in a text, each once, in the order of the patterns.

    A name alone is none: patients may say who they are.

    >>> personal_data("my email is a@example.com")
    ('email',)
    """
    if not _WORTH_A_LOOK.search(text):
        return ()
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
