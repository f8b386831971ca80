"""The linear half of the safety model: L2-regularised logistic regression over hashed n-grams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.safety.examples import TRAITS
from bot.safety.ngrams import BUCKETS, hashed
from bot.safety.segments import normalise
from bot.safety.training.labels import CLASSES, NOT_KNOWN, Labelled

SEED = 0


def train_linear(rows: Sequence[Labelled], *, c: float = 10.0) -> tuple[npt.NDArray[np.float32], ...]:
    """Weights (outputs, BUCKETS) and bias (outputs,) for: any danger, each danger, each trait."""
    from sklearn.linear_model import LogisticRegression

    matrix = sparse([r.text for r in rows])
    dangers = np.array([r.danger for r in rows])
    traits = np.array([r.traits for r in rows])
    targets: list[tuple[Any, Any]] = [(dangers != NOT_KNOWN, dangers > 0)]
    targets += [(dangers > 0, dangers == i) for i in range(1, len(CLASSES))]
    targets += [(traits[:, i] >= 0, traits[:, i] == 1) for i in range(len(TRAITS))]
    weights, bias = [], []
    for known, wanted in targets:
        model = LogisticRegression(C=c, solver="liblinear", random_state=SEED)
        model.fit(matrix[known], wanted[known])
        weights.append(model.coef_[0])
        bias.append(model.intercept_[0])
    return np.array(weights, dtype=np.float32), np.array(bias, dtype=np.float32)


def sparse(texts: Sequence[str]) -> Any:
    """Rows of hashed n-grams, each of length 2, as a scipy matrix of shape (len(texts), BUCKETS)."""
    from scipy.sparse import csr_matrix

    found = [hashed(normalise(t).split()) for t in texts]
    ends = np.cumsum([0, *map(len, found)])
    values = np.concatenate([np.full(len(f), 2 / max(1, len(f)) ** 0.5, dtype=np.float32) for f in found])
    return csr_matrix((values, np.concatenate(found), ends), shape=(len(texts), BUCKETS))
