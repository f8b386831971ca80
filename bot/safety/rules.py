"""The readable half of the safety screen: patterns.yml over plain words. Needs no model, never raises.

It leans to help: an idiom hides only the words that it covers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.safety.examples import NONE
from bot.safety.segments import normalise

PATTERNS = Path(__file__).with_name("patterns.yml")

# Whose crisis it is: said of somebody else, and nothing of the writer's own in the words found.
_OTHER = re.compile(
    r" (?:he|she|hes|shes|him|her|they|theyre|them|himself|herself|themselves|(?:my|our) (?:\w+ )?(?:husband|wife|"
    r"partner|boyfriend|girlfriend|son|daughter|kid|child|mom|mum|mother|dad|father|brother|sister|friend|roommate|cousin|"
    r"uncle|aunt|grandma|grandpa|grandmother|grandfather|coworker|client|patient|boss|neighbor|teen|teenager|ex)|"
    r"mi (?:esposo|esposa|marido|mujer|hijo|hija|hermano|hermana|mama|papa|madre|padre|novio|novia|amigo|amiga|"
    r"primo|prima|abuelo|abuela|pareja|companero|companera)|el|ella) (?:\w+ )*?$"
)
_OWN = re.compile(r" (?:i|im|ive|ill|id|me|my|myself|yo|me|mi|matarme|morirme|suicidarme) ")
_THEIRS = re.compile(r" (?:himself|herself|themselves|themself|his|her|hes|shes|matarse|morirse|suicidarse|se) ")


@dataclass(frozen=True)
class Finding:
    """The danger that a rule found, the words in which it found it, and whether these say it plainly."""

    danger: str
    words: str = ""
    certain: bool = False


def find(text: str) -> Finding:
    """What the rules find in `text`: "emergency" before "crisis" where both are there, or NONE.

    >>> find("i dont want to live anymore").danger
    'crisis'
    >>> find("this back is killing me, what does it cost?").danger
    'none'
    """
    plain, patterns = normalise(text), _patterns()
    for name in ("certain_emergency", "emergency"):
        found = _first(patterns[name], plain)
        if found:
            return Finding("emergency", found.group().strip(), certain=name.startswith("certain"))
    for danger in ("harm_others", "abuse"):
        found = _first(patterns[danger], plain)
        if found:
            return Finding(danger, found.group().strip())
    for idiom in patterns["idiom"]:
        plain = idiom.sub(lambda m: " _" * m.group().count(" "), plain)
    found = _first(patterns["certain_crisis"], plain)
    if found:
        return Finding("crisis", found.group().strip(), certain=True)
    found = _first(patterns["crisis"], plain)
    return Finding(_whose(plain, found), found.group().strip()) if found else Finding(NONE)


def asks_advice(text: str) -> bool:
    """Whether the words ask for advice on the writer's own case, or a relative's.

    >>> asks_advice("should I skip my blood pressure pill?"), asks_advice("when does the clinic open?")
    (True, False)
    """
    return _first(_patterns()["advice"], normalise(text)) is not None


def _whose(plain: str, found: re.Match[str]) -> str:
    """ "crisis" of the writer, or "crisis_other" where the words are said of somebody else."""
    words = f" {found.group().strip()} "
    if _THEIRS.search(words) and not re.search(r" (?:i|im|myself|me) ", words):
        return "crisis_other"
    before = plain[max(0, found.start() - 60) : found.start() + 1]
    own = _OWN.search(words) or re.search(r" (?:i|im|ive|ill|id|yo|me) (?:\w+ ){0,2}$", before)
    return "crisis_other" if _OTHER.search(before) and not own else "crisis"


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> re.Match[str] | None:
    return next((m for p in patterns if (m := p.search(text))), None)


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
