"""The lexical ranking: BM25 over the phrasings, for the rare words that a sentence vector blurs.

Method: Robertson & Zaragoza 2009; implementation bm25s (Lù 2024, the 'lucene' variant).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.lean import lean_import
from knowledge.text import terms

bm25s = lean_import("bm25s")

Scores = npt.NDArray[np.float64]


class LexicalIndex:
    """BM25 scores of a query against every phrasing."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._holders = _holders(model)

    @classmethod
    def build(cls, phrasings: Sequence[str], *, k1: float = 1.2, b: float = 0.4) -> LexicalIndex:
        """Index the phrasings, in their order. Phrasings are short: a small `b` hardly punishes length."""
        model = bm25s.BM25(method="lucene", k1=k1, b=b)
        corpus = [terms(p) or ["_"] for p in phrasings]
        model.index(corpus, show_progress=False)
        return cls(model)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Read what `save` wrote."""
        return cls(bm25s.BM25.load(str(folder), load_corpus=False))

    def save(self, folder: Path) -> None:
        """Write the index to `folder`."""
        self._model.save(str(folder), show_progress=False)

    @property
    def vocabulary(self) -> frozenset[str]:
        """The stems that occur in the phrasings."""
        return frozenset(t for t in self._model.vocab_dict if t)

    def scores(self, text: str) -> Scores:
        """BM25 of `text` against each phrasing, shape (phrasings,); zeros where no word is known."""
        count = int(self._model.scores["num_docs"])
        numbers = (self._model.vocab_dict.get(term) for term in terms(text))
        holders = [self._holders[number] for number in numbers if number is not None]
        if not holders:
            return np.zeros(count)
        who, what = (np.concatenate(parts) for parts in zip(*holders, strict=True))
        # in one go: bm25s adds one by one
        return np.asarray(np.bincount(who, weights=what, minlength=count), dtype=np.float64)

    def cover(self, text: str, start: int, end: int) -> float:
        """How much of what `text` asks for is known to the phrasings `start` to `end` (exclusive), 0 to 1.

        The share of the text's terms that occur there, weighted by rarity (inverse document frequency); a term
        that no phrasing has counts as the rarest. 0 for a text without terms.
        """
        documents = int(self._model.scores["num_docs"])
        known = total = 0.0
        for term in set(terms(text)):
            number = self._model.vocab_dict.get(term)
            holders = self._holders[number][0] if number is not None else np.empty(0, np.int64)
            weight = float(np.log(1 + documents / (1 + len(holders))))
            total += weight
            if len(holders) and bool(np.any((holders >= start) & (holders < end))):
                known += weight
        return known / total if total else 0.0


def _holders(model: Any) -> list[tuple[npt.NDArray[np.int64], Scores]]:
    """For each term the numbers of the phrasings that have it, and what it scores in each."""
    data, indices, pointers = (model.scores[name] for name in ("data", "indices", "indptr"))
    ends = pointers[1:-1]
    return list(zip(np.split(indices.astype(np.int64), ends), np.split(data.astype(np.float64), ends), strict=True))
