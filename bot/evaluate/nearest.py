"""The plain baselines over known questions: the nearest by BM25, and the nearest by the encoder's cosine."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.encoder import Encoder
from knowledge.lexical import LexicalIndex
from knowledge.text import spell_out

Ranking = list[tuple[str, float]]


class NearestKnown:
    """Ranks classes by their nearest known text."""

    def __init__(self, texts: Sequence[str], labels: Sequence[str], encoder: Encoder) -> None:
        """Take known texts, each with the label of its class."""
        self._labels = sorted(set(labels))
        number = {label: i for i, label in enumerate(self._labels)}
        self._owners = np.array([number[label] for label in labels], dtype=np.int64)
        self._encoder = encoder
        self._vectors = encoder.encode([spell_out(t) for t in texts])
        self._lexical = LexicalIndex.build(texts)

    def by_encoder(self, text: str, *, among: Collection[str] | None = None) -> Ranking:
        """(label, cosine of its nearest known text), the best first; only the labels `among` where given."""
        return self._rank(self._vectors @ self._encoder.encode([spell_out(text)])[0], among)

    def by_bm25(self, text: str, *, among: Collection[str] | None = None) -> Ranking:
        """(label, BM25 of its nearest known text), the best first; only the labels `among` where given.

        A label whose known texts share no word with `text` is left out.
        """
        return [(label, score) for label, score in self._rank(self._lexical.scores(text), among) if score > 0]

    def _rank(self, scores: npt.NDArray[np.floating[Any]], among: Collection[str] | None) -> Ranking:
        best = np.full(len(self._labels), -np.inf, dtype=scores.dtype)
        np.maximum.at(best, self._owners, scores)
        order = np.argsort(-best, kind="stable")
        return [(self._labels[i], float(best[i])) for i in order if among is None or self._labels[i] in among]
