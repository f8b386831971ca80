"""Percentiles, what repeats have in common, and ratios."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Any

DIGITS = 4


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least that share of the values do not exceed.

    >>> percentile([4, 1, 3, 2], 0.5), percentile([4, 1, 3, 2], 0.99)
    (2, 4)
    """
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


def spread(values: Sequence[float]) -> dict[str, Any]:
    """Median, least and greatest of what the repeats gave, and the values themselves.

    >>> spread([1.0, 3.0, 2.0])
    {'median': 2.0, 'min': 1.0, 'max': 3.0, 'repeats': [1.0, 3.0, 2.0]}
    """
    rounded = [round(v, DIGITS) for v in values]
    return {
        "median": round(statistics.median(values), DIGITS),
        "min": min(rounded),
        "max": max(rounded),
        "repeats": rounded,
    }


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> dict[str, Any]:
    """`spread` of ours over theirs, repeat by repeat: what both met in the same minutes."""
    return spread([a / b for a, b in zip(ours, theirs, strict=True)])
