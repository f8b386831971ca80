"""What is learned from the phrasings: logistic regression over their vectors, one class a question."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.encoder import Vectors

# Of 163 to convergence: half the time, the same answers on the development and calibration questions.
ITERATIONS = 80

Scores = npt.NDArray[np.float32]


@dataclass(frozen=True)
class QuestionClassifier:
    """Log-probabilities of the questions; scikit-learn trains it, numpy alone serves it."""

    weights: npt.NDArray[np.float32]  # (questions, dimensions)
    bias: npt.NDArray[np.float32]  # (questions,)

    @classmethod
    def train(
        cls, vectors: Vectors, owners: npt.NDArray[np.int64], questions: int, *, c: float = 30.0
    ) -> QuestionClassifier:
        """Fit multinomial logistic regression.

        `owners[i]` is the number (0 … questions - 1) of the question that `vectors[i]` phrases; each
        question must have one at least. `c` is the inverse regularisation. Deterministic.
        """
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(C=c, max_iter=ITERATIONS, tol=1e-3, class_weight="balanced")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # stopped early on purpose
            model.fit(vectors, owners)
        weights = np.zeros((questions, vectors.shape[1]), dtype=np.float32)
        bias = np.full(questions, -50.0, dtype=np.float32)
        coefficients, intercepts = model.coef_, model.intercept_
        if len(model.classes_) == 2:  # scikit-learn keeps one row for two classes
            coefficients = np.concatenate([-coefficients, coefficients]) / 2
            intercepts = np.concatenate([-intercepts, intercepts]) / 2
        weights[model.classes_] = coefficients
        bias[model.classes_] = intercepts
        return cls(weights, bias)

    def log_probabilities(self, vector: Vectors) -> Scores:
        """Natural logarithm of each question's probability for one unit vector, shape (questions,)."""
        logits = self.weights @ vector + self.bias
        logits -= logits.max()
        return np.asarray(logits - np.log(np.exp(logits).sum()), dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write to an .npz file."""
        np.savez(path, weights=self.weights, bias=self.bias)

    @classmethod
    def load(cls, path: Path) -> QuestionClassifier:
        """Read what `save` wrote."""
        with np.load(path) as data:
            return cls(data["weights"], data["bias"])
