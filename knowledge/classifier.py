"""What is learned from the phrasings: logistic regression over their vectors, one class a question."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.encoder import Vectors

# Of 163 to convergence: half the time, the same answers on the development and calibration questions.
ITERATIONS = 80
HISTORY = 10
TOLERANCE = 1e-6  # of the gradient's largest part

Scores = npt.NDArray[np.float32]


@dataclass(frozen=True)
class QuestionClassifier:
    """Log-probabilities of the questions; torch trains it, numpy alone serves it."""

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
        import torch

        rows, wanted = torch.from_numpy(np.ascontiguousarray(vectors)), torch.from_numpy(owners)
        counts = np.maximum(np.bincount(owners, minlength=questions), 1)
        share = torch.from_numpy((1 / (counts[owners] * questions)).astype(np.float32))
        weights = torch.zeros((questions, vectors.shape[1]), requires_grad=True)
        bias = torch.zeros(questions, requires_grad=True)
        solver = torch.optim.LBFGS(
            [weights, bias], max_iter=ITERATIONS, history_size=HISTORY, line_search_fn="strong_wolfe",
            tolerance_grad=TOLERANCE, tolerance_change=0.0,
        )  # fmt: skip

        def loss() -> torch.Tensor:
            solver.zero_grad()
            each = torch.nn.functional.cross_entropy(rows @ weights.T + bias, wanted, reduction="none")
            total = (each * share).sum() + weights.square().sum() / (2 * c * len(rows))
            total.backward()  # type: ignore[no-untyped-call]
            return total

        solver.step(loss)  # type: ignore[no-untyped-call]
        return cls(weights.detach().numpy(), bias.detach().numpy())

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
