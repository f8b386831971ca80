"""How sure a system is against how often it is right: risk against coverage, and calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BINS = 10


@dataclass(frozen=True)
class RiskCoverage:
    """Points of the curve, the surest first, and the area under it.

    At `coverage[i]` (the share of all messages that get an entry) the share `risk[i]` of those entries is wrong.
    """

    coverage: tuple[float, ...]
    risk: tuple[float, ...]
    area: float


@dataclass(frozen=True)
class Bin:
    """Of the `rows` whose confidence lies in this bin: their mean confidence, and the share that is right."""

    low: float
    high: float
    rows: int
    confidence: float
    right: float


def risk_coverage(scores: Sequence[float], right: Sequence[bool], *, messages: int) -> RiskCoverage:
    """The curve when answers are given from the highest score down, ties together.

    `scores` and `right` are of the answers that the system would give without a threshold; `messages` counts all
    messages, so that the curve ends where the system has no entry to give. The area is the mean risk over the
    covered answers (AURC; Geifman, Uziel & El-Yaniv 2019, arXiv 1805.08206): 0 is perfect, smaller is better.
    """
    order = np.argsort(-np.asarray(scores, dtype=np.float64), kind="stable")
    if not len(order):
        return RiskCoverage((), (), 0.0)
    ranked = np.asarray(scores, dtype=np.float64)[order]
    wrong = np.cumsum(~np.asarray(right, dtype=bool)[order])
    last = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))  # the last of each tie
    risk = wrong[last] / (last + 1)
    widths = np.diff(np.concatenate([[0], last + 1]))
    area = float((risk * widths).sum() / len(order))
    return RiskCoverage(tuple(((last + 1) / messages).tolist()), tuple(risk.tolist()), area)


def reliability(confidences: Sequence[float], right: Sequence[bool], *, bins: int = BINS) -> tuple[Bin, ...]:
    """The bins of a reliability diagram, of equal width, empty ones left out (DeGroot & Fienberg 1983)."""
    values = np.asarray(confidences, dtype=np.float64)
    hits = np.asarray(right, dtype=np.float64)
    numbers = np.minimum((values * bins).astype(int), bins - 1)
    out = []
    for number in sorted(set(numbers.tolist())):
        inside = numbers == number
        mean, share = float(values[inside].mean()), float(hits[inside].mean())
        out.append(Bin(number / bins, (number + 1) / bins, int(inside.sum()), mean, share))
    return tuple(out)


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: the mean gap of confidence and share right, by rows (Naeini et al. 2015)."""
    rows = sum(b.rows for b in bins)
    return sum(b.rows * abs(b.confidence - b.right) for b in bins) / rows if rows else 0.0
