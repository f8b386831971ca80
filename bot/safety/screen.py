"""The safety screen: a pure function from a patient's text to the danger in it.

It runs first in the NLU pipeline, and in the channels when nothing else runs. It leans to help: an idiom
hides only the words that it covers. First version; no clinician has reviewed its patterns yet.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

PATTERNS = Path(__file__).with_name("patterns.yml")
MAX_LENGTH = 10_000

Danger = Literal["none", "crisis", "emergency"]

_SHORT = {
    "u": "you", "ur": "your", "2": "to", "anymor": "anymore", "anymre": "anymore", "breth": "breathe",
    "myslef": "myself", "mysef": "myself", "mself": "myself", "dye": "die", "dieing": "dying", "liv": "live",
    "kil": "kill", "suicidial": "suicidal", "suicidel": "suicidal",
}  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What the screen found, and the words in which it found it."""

    danger: Danger
    reason: str = ""


def screen(text: str) -> Verdict:
    """The danger in a text; emergency before crisis where both are there. Never raises on any string.

    >>> screen("i dont want to live anymore").danger
    'crisis'
    >>> screen("this back is killing me, what does it cost?").danger
    'none'
    """
    plain = _normalise(text)
    patterns = _patterns()
    found = _first(patterns["emergency"], plain)
    if found:
        return Verdict("emergency", found)
    for idiom in patterns["idiom"]:
        plain = idiom.sub(lambda m: " _" * m.group().count(" "), plain)
    found = _first(patterns["crisis"], plain)
    return Verdict("crisis", found) if found else Verdict("none")


def _normalise(text: str) -> str:
    text = unicodedata.normalize("NFKD", text[:MAX_LENGTH]).lower()
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"['\u2018\u2019`\u00b4\u02bc]", "", text)
    words = re.sub(r"[^a-z0-9]+", " ", text).split()
    return " " + " ".join(_SHORT.get(w, w) for w in words) + " "


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> str:
    """The words in which the first pattern is found, or nothing."""
    found = next((m for p in patterns if (m := p.search(text))), None)
    return found.group().strip() if found else ""


@cache
def _patterns() -> dict[str, tuple[re.Pattern[str], ...]]:
    """The patterns of each kind, a regular expression a line: faster than one alternation of them all."""
    data: Any = yaml.safe_load(PATTERNS.read_text(encoding="utf-8"))
    return {name: tuple(re.compile(_regex(line)) for line in lines) for name, lines in data.items()}


def _regex(line: str) -> str:
    """A pattern line as a regular expression over text with one space around each word."""
    out = []
    for piece in re.findall(r"\S*\([^)]*\)\S*|\S+", line):
        if piece == "*":
            out.append(r"(?: \w+){0,3}")
            continue
        optional = piece.endswith("?")
        out.append(f"(?: (?:{piece.rstrip('?')}))" + ("?" if optional else ""))
    return "".join(out) + r"(?= )"
