"""The confidence fitted, and its threshold chosen with a promise.

The threshold: learn then test (Angelopoulos, Bates, Candès, Jordan & Lei 2021, arXiv:2110.01052) with fixed-sequence
testing and the exact binomial tail as p-value: thresholds are tried from the strictest down; each is kept while
the hypothesis "more than `risk` of the answers given are wrong" is rejected at level 1 - `confidence`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.errors import KnowledgeError
from knowledge.thresholds import NAMES, Features

STRENGTH = 1.0  # inverse regularisation of the confidence: eight weights from some hundred messages


@dataclass(frozen=True)
class Tested:
    """One threshold with the answers given on the calibration questions, the wrong ones, and its p-value."""

    threshold: float
    answered: int
    wrong: int
    p_value: float


def p_value(answered: int, wrong: int, risk: float) -> float:
    """The probability of at most `wrong` wrong answers of `answered` if a share of `risk` were wrong; 1 for none.

    >>> round(p_value(59, 0, 0.05), 3), p_value(0, 0, 0.05)
    (0.048, 1.0)
    """
    from scipy.stats import binom

    return float(binom.cdf(wrong, answered, risk)) if answered else 1.0


def learn_then_test(
    thresholds: Iterable[float],
    outcome: Callable[[float], tuple[int, int]],
    *,
    risk: float = 0.05,
    confidence: float = 0.95,
) -> tuple[Tested | None, list[Tested]]:
    """The lowest threshold of the sequence that keeps the promise (None if not even the first), and all tested.

    `thresholds` fall strictly and are chosen before the data are seen; `outcome` gives, for a threshold, how many
    answers are given on the calibration questions and how many are wrong. Testing stops at the first that fails.
    Raises KnowledgeError where the thresholds do not fall.
    """
    tested: list[Tested] = []
    kept: Tested | None = None
    for threshold in thresholds:
        if tested and threshold >= tested[-1].threshold:
            raise KnowledgeError(f"thresholds must fall: {threshold} follows {tested[-1].threshold}")
        answered, wrong = outcome(threshold)
        tested.append(Tested(threshold, answered, wrong, p_value(answered, wrong, risk)))
        if tested[-1].p_value > 1 - confidence:
            break
        kept = tested[-1]
    return kept, tested


def fit_confidence(features: Sequence[Features], right: Sequence[bool]) -> tuple[float, Features]:
    """Intercept and weights of the confidence: logistic regression on whether the best question was the right one.

    Raises KnowledgeError where all were right or all wrong: there is nothing to tell apart.
    """
    from sklearn.linear_model import LogisticRegression

    table = np.array([[getattr(f, n) for n in NAMES] for f in features])
    if len(set(right)) < 2:
        raise KnowledgeError("the confidence needs questions understood rightly and wrongly; give more gold questions")
    centre, spread = table.mean(axis=0), table.std(axis=0)
    spread[spread < 1e-9] = 1.0
    model = LogisticRegression(C=STRENGTH).fit((table - centre) / spread, np.asarray(right))
    weights = model.coef_[0] / spread
    intercept = float(model.intercept_[0] - weights @ centre)
    return round(intercept, 4), Features(*(round(float(w), 4) for w in weights))
