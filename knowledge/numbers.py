"""Quantities in a text ("6 hours", "$100", "70-80%"), to compare what two texts claim."""

from __future__ import annotations

import re
from dataclasses import dataclass

_UNITS = (
    ("minute", r"min(?:ute)?s?"),
    ("hour", r"h(?:ou)?rs?|hour"),
    ("day", r"days?"),
    ("week", r"weeks?"),
    ("month", r"months?"),
    ("year", r"years?"),
    ("percent", r"%|percent"),
    ("infusion", r"infusions?|sessions?|treatments?"),
)
_NUMBER = r"\d+(?:[.,]\d+)*"
_RANGE = rf"(?P<low>{_NUMBER})(?:\s*%?\s*(?:-|to|and|or)\s*\$?(?P<high>{_NUMBER}))?"
_QUANTITY = re.compile(
    rf"(?P<dollar>\$)?(?<![\w.]){_RANGE}[\s-]*(?P<unit>{'|'.join(p for _, p in _UNITS)})?(?![A-Za-z])", re.I
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"[a-z']+")
_STOP = frozenset(
    "a an the of to in on for and or is are be it its this that your you our we with by at as from may can "
    "will do not no up about than then after before clinic faq says says most least usually".split()
)


@dataclass(frozen=True)
class Claim:
    """A sentence's quantities of one unit, and the words that they are claimed of."""

    unit: str
    values: frozenset[str]
    words: frozenset[str]
    sentence: str


def numbers(text: str) -> set[str]:
    """Every number of a text, without thousands separators ("1,200" is "1200")."""
    return {n.replace(",", "") for n in re.findall(_NUMBER, text)}


def claims(text: str) -> list[Claim]:
    """The quantities that each sentence of `text` states, grouped by unit; plain numbers are left out."""
    found: list[Claim] = []
    for sentence in _SENTENCE.split(text):
        by_unit: dict[str, set[str]] = {}
        for match in _QUANTITY.finditer(sentence):
            unit = "dollar" if match["dollar"] else _unit(match["unit"])
            if unit:
                values = {n.replace(",", "") for n in (match["low"], match["high"]) if n}
                by_unit.setdefault(unit, set()).update(values)
        words = frozenset(_stem(w) for w in _WORD.findall(_QUANTITY.sub(" ", sentence.lower())) if w not in _STOP)
        found += [Claim(u, frozenset(v), words, sentence) for u, v in by_unit.items()]
    return found


def contradict(first: Claim, second: Claim) -> bool:
    """Whether two claims of one clinic say different quantities of the same thing.

    The same unit, no value in common, and nearly the same words: most of the shorter claim's words stand
    in the longer one. Tuned to find a changed number in a copied or reworded sentence, not a paraphrase.
    """
    if first.unit != second.unit or first.values & second.values:
        return False
    shared = len(first.words & second.words)
    shorter = min(len(first.words), len(second.words))
    longer = max(len(first.words), len(second.words))
    return shorter >= 2 and shared / shorter >= 0.75 and shared / longer >= 0.5


def _unit(text: str | None) -> str | None:
    if not text:
        return None
    return next(name for name, pattern in _UNITS if re.fullmatch(pattern, text, re.I))


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
