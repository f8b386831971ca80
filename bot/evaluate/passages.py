"""Naive baselines: the nearest passages of the clinic's page.

What a plain document search would give: BM25 (Robertson & Zaragoza 2009, by bm25s) or the cosine of sentence vectors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from knowledge.encoder import Encoder
from knowledge.lean import lean_import
from knowledge.text import terms

bm25s = lean_import("bm25s")

Numbers = npt.NDArray[np.int64]


class Asked(Protocol):
    """A message to a clinic: a gold row is one."""

    @property
    def clinic(self) -> str:
        """The clinic's id."""

    @property
    def text(self) -> str:
        """The message."""


def passages(text: str, words: int = 120) -> list[str]:
    """`text` cut into passages of `words` words, the last one shorter; none overlap.

    >>> passages("a b c d e", 2)
    ['a b', 'c d', 'e']
    """
    if words < 1:
        raise ValueError(f"a passage of {words} words; give at least 1")
    split = text.split()
    return [" ".join(split[i : i + words]) for i in range(0, len(split), words)]


def bm25(pages: Mapping[str, str], rows: Sequence[Asked], depth: int, *, words: int = 120) -> list[list[str]]:
    """For each row the best `depth` passages of its clinic's page by BM25, best first.

    A passage that shares no word with the row is not found. `pages`: clinic -> text of its page. The words are those
    of our own lexical index: stemmed, stop words dropped, shorthand spelt out. Raises KeyError for a clinic without
    a page.
    """
    cut = {clinic: passages(text, words) for clinic, text in pages.items()}
    models = {clinic: _bm25(parts) for clinic, parts in cut.items()}
    found = (_best(_scores(models[row.clinic], row.text), depth, floor=0.0) for row in rows)
    return [[cut[row.clinic][i] for i in best] for row, best in zip(rows, found, strict=True)]


def encoder(
    pages: Mapping[str, str], rows: Sequence[Asked], encoder: Encoder, depth: int, *, words: int = 120
) -> list[list[str]]:
    """For each row the best `depth` passages of its clinic's page by cosine, best first.

    The encoder reads a passage up to its own limit of tokens. Raises KeyError for a clinic without a page.
    """
    cut = {clinic: passages(text, words) for clinic, text in pages.items()}
    vectors = {clinic: encoder.encode(parts) for clinic, parts in cut.items()}
    asked = encoder.encode([row.text for row in rows])
    return [
        [cut[row.clinic][i] for i in _best(vectors[row.clinic] @ vector, depth)]
        for row, vector in zip(rows, asked, strict=True)
    ]


def _bm25(parts: Sequence[str]) -> object:
    model = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    model.index([terms(p) or ["_"] for p in parts], show_progress=False)
    return model


def _scores(model: object, text: str) -> npt.NDArray[np.float32]:
    known = [t for t in terms(text) if t in model.vocab_dict]  # type: ignore[attr-defined]
    if not known:
        return np.zeros(model.scores["num_docs"], dtype=np.float32)  # type: ignore[attr-defined]
    return np.asarray(model.get_scores(known), dtype=np.float32)  # type: ignore[attr-defined]


def _best(scores: npt.NDArray[np.float32], depth: int, *, floor: float = -np.inf) -> list[int]:
    """Numbers of the `depth` highest scores above `floor`, best first; ties keep the order of the text."""
    order = np.argsort(-scores, kind="stable")[:depth]
    return [int(i) for i in order if scores[i] > floor]
