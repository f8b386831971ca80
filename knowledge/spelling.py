"""Spelling correction of a patient's words, towards the words that the questions are made of.

A word that English or the FAQ knows is left alone, so are names of clinics and medicines; only what
nobody knows is corrected, and only to a word of the phrasings (SymSpell, Garbe 2012, by symspellpy).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path

import yaml
from symspellpy import SymSpell, Verbosity

from knowledge.text import KEPT, spell_out, tokens

MIN_LENGTH = 4  # shorter unknown words have too many neighbours


@cache
def english_words() -> frozenset[str]:
    """The 82,765 words of the frequency dictionary that comes with symspellpy."""
    text = resources.files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text("utf-8")
    return frozenset(line.split(" ", 1)[0].lstrip("\ufeff") for line in text.splitlines() if line)


@cache
def protected_names() -> tuple[str, ...]:
    """The lists of `names.yml`: medicines, insurers, treatments."""
    data: dict[str, str] = yaml.safe_load(Path(__file__).with_name("names.yml").read_text(encoding="utf-8"))
    return tuple(data.values())


def word_counts(texts: Iterable[str]) -> dict[str, int]:
    """How often each word that could be a correction stands in the texts; the slow part of making a `Speller`."""
    counts = Counter(word for text in texts for word in tokens(spell_out(text)))
    return {word: count for word, count in counts.items() if len(word) >= MIN_LENGTH and word.isalpha()}


class Speller:
    """Corrects words to the vocabulary of some texts; `counts` is their `word_counts`."""

    def __init__(self, counts: Mapping[str, int], *, protected: Iterable[str] = ()) -> None:
        """Words of `protected` texts are known and never changed.

        A misspelling that stands in the phrasings themselves (patients write those too) is no target:
        a target is a word of English, or one that three phrasings have.
        """
        self.counts = dict(counts)
        known = english_words() | {w for t in protected for w in tokens(t)}
        targets = {word: count for word, count in counts.items() if word in known or count >= 3}
        self._known = known | targets.keys()
        self._symspell = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
        for word, count in targets.items():
            self._symspell.create_dictionary_entry(word, count)
        self._corrected = lru_cache(maxsize=KEPT)(self._correct)

    def correct(self, text: str) -> str:
        """`text` with its shorthand spelt out and unknown words corrected, lower case."""
        return self._corrected(text)

    def _correct(self, text: str) -> str:
        return " ".join(self._word(w) for w in spell_out(text).split())

    def _word(self, word: str) -> str:
        bare = word.replace("'", "")
        if len(bare) < MIN_LENGTH or not bare.isalpha() or word in self._known or bare in self._known:
            return word
        distance = 1 if len(bare) < 6 else 2
        found = self._symspell.lookup(bare, Verbosity.TOP, max_edit_distance=distance)
        return found[0].term if found else word
