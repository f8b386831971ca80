"""Intervals by resampling facts, since questions on one fact stand and fall together.

Method: cluster bootstrap with percentile limits (Davison & Hinkley 1997, sections 3.8 and 5.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from bot.evaluate.gold import GoldRow

DRAWS = 2000
LEVEL = 0.95

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Interval:
    """A share (or a difference of shares) with its limits, and over how many rows it was taken."""

    value: float
    low: float
    high: float
    rows: int


def clusters(rows: Sequence[GoldRow]) -> Ints:
    """The number of each row's cluster: rows of one clinic that share a fact are together."""
    facts: dict[tuple[str, str], int] = {}
    pairs = [(i, facts.setdefault((row.clinic, f), len(facts))) for i, row in enumerate(rows) for f in row.facts]
    if not pairs:
        return np.zeros(0, dtype=np.int64)
    left, right = np.array(pairs).T
    size = len(rows) + len(facts)
    graph = coo_matrix((np.ones(len(pairs)), (left, right + len(rows))), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    return np.asarray(np.unique(labels[: len(rows)], return_inverse=True)[1], dtype=np.int64)


def share(
    hits: Sequence[float] | Floats, groups: Ints, *, seed: int, draws: int = DRAWS, level: float = LEVEL
) -> Interval | None:
    """The mean of `hits` with its interval, resampling `groups` whole; None where there is nothing.

    `hits` may be differences of two systems on the same rows (paired), from -1 to 1. The same seed gives the
    same limits.
    """
    values = np.asarray(hits, dtype=np.float64)
    if not len(values):
        return None
    number = int(groups.max()) + 1
    sums = np.bincount(groups, weights=values, minlength=number)
    sizes = np.bincount(groups, minlength=number)
    sums, sizes = sums[sizes > 0], sizes[sizes > 0]
    picks = np.random.default_rng(seed).integers(0, len(sizes), size=(draws, len(sizes)))
    means = sums[picks].sum(axis=1) / sizes[picks].sum(axis=1)
    tail = (1 - level) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Interval(float(values.mean()), float(low), float(high), len(values))
