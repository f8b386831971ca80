"""Which sentences are variants of one another, so that no fold trains on a variant of what it is tested on.

Two texts are variants when they are the same once case, punctuation, SMS spelling, greetings and courtesies are
dropped, or when their words or their character trigrams overlap (Jaccard index, Jaccard 1912) beyond a bound.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.text import clean, spell_out, stem, tokens

WORDS_BOUND = 0.66  # "recovery time at the clinic", "total time at the clinic": 0.67
TRIGRAMS_BOUND = 0.5  # "never mind", "nevermind": 0.58

_COURTESY = re.compile(
    r"^(?:(?:hi|hello|hey|hiya|hola|good (?:morning|afternoon|evening|day)|there|ok|okay|so|um|uh|well|and|but|"
    r"pls|please|sorry|excuse me|thanks|thank you|guys|again|team|quick question|just wondering|i was wondering|"
    r"can i ask|could you tell me|can you tell me|do you know)\b\s*)+"
    r"|(?:\s*\b(?:please|thanks|thank you|tho|though|lol|asap))+$"
)


def normal(text: str) -> str:
    """`text` without what makes no other question of it.

    >>> normal("Hi there, how much is it pls??")
    'how much is it'
    """
    spelt = spell_out(clean(text)).replace("'", "")
    return _COURTESY.sub("", spelt).strip() or spelt


def groups(texts: Sequence[str]) -> list[int]:
    """The number of each text's group: variants, and variants of variants, share one. Numbers rise from 0."""
    parent = list(range(len(texts)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for left, right in zip(*np.nonzero(alike(texts, texts)), strict=True):
        parent[root(int(left))] = root(int(right))
    numbers: dict[int, int] = {}
    return [numbers.setdefault(root(i), len(numbers)) for i in range(len(texts))]


def alike(left: Sequence[str], right: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Whether each of `left` is a variant of each of `right`, shape (len(left), len(right))."""
    one, other = [normal(t) for t in left], [normal(t) for t in right]
    same = np.array(one, dtype=object)[:, None] == np.array(other, dtype=object)[None, :]
    found: npt.NDArray[np.bool_] = (
        same | (_jaccard(one, other, _stems) >= WORDS_BOUND) | (_jaccard(one, other, _trigrams) >= TRIGRAMS_BOUND)
    )
    return found


def _jaccard(left: list[str], right: list[str], features: Any) -> npt.NDArray[np.float32]:
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(analyzer=features, binary=True, dtype=np.float32).fit([*left, *right])
    one, other = counter.transform(left), counter.transform(right)
    shared = (one @ other.T).toarray()
    union = one.sum(axis=1) + other.sum(axis=1).T - shared
    return np.asarray(shared / np.maximum(union, 1), dtype=np.float32)


def _stems(text: str) -> set[str]:
    return {stem(t) for t in tokens(text)}


def _trigrams(text: str) -> set[str]:
    padded = f" {text} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}
