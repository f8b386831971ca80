"""The intent of a message: logistic regression over sentence vectors. Plain class, no Rasa."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.encoder import Encoder
from knowledge.model import OFF_TOPIC, OUT_OF_SCOPE, Question
from knowledge.text import prepare

SCREENED = frozenset({"crisis", "emergency"})  # intents that are the safety screen's to find


@dataclass(frozen=True)
class IntentModel:
    """Names of the intents and the weights of a multinomial logistic regression."""

    names: tuple[str, ...]
    weights: npt.NDArray[np.float32]  # (intents, dimensions)
    bias: npt.NDArray[np.float32]  # (intents,)

    @classmethod
    def train(cls, texts: Sequence[str], intents: Sequence[str], encoder: Encoder, *, c: float = 10.0) -> IntentModel:
        """Fit on examples and their intents (at least two intents). Deterministic."""
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(C=c, max_iter=500, class_weight="balanced")
        model.fit(encoder.encode([prepare(t) for t in texts]), list(intents))
        return cls(
            tuple(str(name) for name in model.classes_),
            model.coef_.astype(np.float32),
            model.intercept_.astype(np.float32),
        )

    def rank(self, text: str, encoder: Encoder) -> list[tuple[str, float]]:
        """Intents with their probabilities, the likeliest first."""
        logits = self.weights @ encoder.encode([prepare(text)])[0] + self.bias
        scores = np.exp(logits - logits.max())
        scores /= scores.sum()
        return [(self.names[i], float(scores[i])) for i in np.argsort(-scores)]

    def save(self, path: Path) -> None:
        """Write to an .npz file."""
        np.savez(path, names=np.array(self.names), weights=self.weights, bias=self.bias)

    @classmethod
    def load(cls, path: Path) -> IntentModel:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as data:
            return cls(tuple(data["names"].tolist()), data["weights"], data["bias"])


@dataclass(frozen=True)
class Gates:
    """How sure an intent that is no topic of the FAQ must be; below, the message is taken as a question.

    The cost of a mistake differs: a question met with small talk is lost, small talk met with the search is
    merely not understood.
    """

    conversation: float = 0.5


def catalogue_examples(questions: Sequence[Question]) -> list[tuple[str, str]]:
    """The catalogue's phrasings with the intents that they are examples of: their topics."""
    return [(p, OUT_OF_SCOPE if q.topic == OFF_TOPIC else q.topic) for q in questions for p in q.phrasings]


def choose(ranking: Sequence[tuple[str, float]], topics: Collection[str], gates: Gates) -> list[tuple[str, float]]:
    """The ranking with the first intent that passes its gate put first.

    >>> choose([("thanks", 0.3), ("cost", 0.2)], {"cost"}, Gates())[0]
    ('cost', 0.2)
    """

    def passes(intent: str, score: float) -> bool:
        return intent in topics or score >= gates.conversation

    first = next((item for item in ranking if passes(*item)), ranking[0])
    return [first, *(item for item in ranking if item is not first)]
