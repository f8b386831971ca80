"""A message cut up for the search: its questions, how each is read, and every text that may have to be encoded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from knowledge.leaning import conjuncts, leans, with_what_is_told
from knowledge.sentences import opens_question
from knowledge.split import split
from knowledge.text import clean, key, terms

MOST_CLAUSES = 6
_CLAUSES = re.compile(r"\s*(?:[.,;:!?()]+(?=\s|$)|\s(?:and|or|plus|n|&|but|also)\s)\s*", re.I)


@dataclass(frozen=True)
class Cut:
    """A message and the questions in it: `parts`, one at least; the message itself where none stands out."""

    text: str
    parts: tuple[str, ...]

    @cached_property
    def read(self) -> tuple[tuple[str, str], ...]:
        """Each part, and how it is read: with what is told before it, where it says nothing of its own."""
        return tuple(with_what_is_told(self.text, list(self.parts)))

    @cached_property
    def halves(self) -> tuple[str, ...]:
        """The two things that are asked by one verb, or nothing."""
        return tuple(conjuncts(clean(self.text)))

    @cached_property
    def told_clauses(self) -> tuple[str, ...]:
        """What is told between its stops and conjunctions, where that has a word of its own; nothing of one clause."""
        found = [c for c in _CLAUSES.split(clean(self.text)) if c]
        told = [c for c in found if terms(c) and not opens_question(c)]
        return tuple(dict.fromkeys(told))[:MOST_CLAUSES] if len(found) > 1 else ()

    @property
    def told(self) -> str:
        """What stands around the first part, where that points to it ("I get fits. Is this off the table for me?")."""
        part = self.parts[0]
        return clean(self.text).replace(part, " ") if key(part) != key(self.text) and leans(part) else ""

    def texts(self) -> list[str]:
        """Every text of it that is read, whatever the search finds, to be encoded together."""
        if len(self.parts) > 1:
            return [self.text, *(read for _, read in self.read)]
        return [self.text, *self.parts, *([self.told] if self.told else ()), *self.halves]


def cut(text: str, *, splitting: bool = True) -> Cut:
    """The message cut into its questions; without `splitting` it is one."""
    return Cut(text, tuple(split(text)) if splitting else (text,))
