"""Numbered choices: what a reply offers beyond its words, and which one the patient's next message picks.

Questions that the assistant asks back are numbered and read by the conversation engine itself
(`knowledge/clarify.py`); here are the buttons that other replies carry.
"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from bot.channels.sms.segments import plain
from knowledge.text import key

NEAR = 84.0  # likeness of letters (0 to 100) from which a message is a choice misspelt
MIN_LETTERS = 4  # a shorter choice is meant only when it is written so: "no" is not "now"


def numbered(text: str, titles: Sequence[str]) -> str:
    """`text` with the choices beneath it, one a line; those that it names itself are not repeated.

    >>> numbered("What is it about?", ["Cost", "Scheduling"])
    'What is it about?\\n1 Cost\\n2 Scheduling'
    >>> numbered("Is that right? YES or NO?", ["Yes", "No"])
    'Is that right? YES or NO?'
    """
    said = f" {key(text)} "
    if all(f" {key(title)} " in said for title in titles):
        return text
    return "\n".join([text, *(f"{number} {plain(title)}" for number, title in enumerate(titles, 1))])


def picked(text: str, titles: Sequence[str]) -> str | None:
    """The title of the choice that a message picks by number, words or a near spelling, or None.

    >>> picked("2.", ["Cost", "Scheduling"]), picked("schedulng", ["Cost", "Scheduling"])
    ('Scheduling', 'Scheduling')
    >>> picked("when do I stop eating?", ["Cost", "Scheduling"]) is None
    True
    """
    word = text.strip().strip("#().,!:").strip()
    if word.isascii() and word.isdigit() and len(word) <= 2:
        number = int(word)
        return titles[number - 1] if 1 <= number <= len(titles) else None
    said = key(text)
    keys = [key(title) for title in titles]
    if said in keys:
        return titles[keys.index(said)]
    near = process.extractOne(said, keys, scorer=fuzz.ratio, score_cutoff=NEAR)
    return titles[near[2]] if near and len(near[0]) >= MIN_LETTERS else None
