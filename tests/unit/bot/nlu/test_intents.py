"""The intent model without Rasa: training, ranking, keeping, and the gates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.nlu.intents import Gates, IntentModel, choose, prepare
from knowledge.encoder import DIMENSIONS, Vectors

WORDS = ("cost", "thank", "die", "you")
TEXTS = ["what does it cost", "cost of it", "thank you", "thank u so much", "i want to die", "let me die"]
INTENTS = ["cost", "cost", "thanks", "thanks", "crisis", "crisis"]


class KeywordEncoder:
    """A vector that says which of a few words a text holds."""

    fingerprint = "keywords-1"

    def __init__(self) -> None:
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (texts, DIMENSIONS)."""
        self.seen += texts
        out = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in enumerate(texts):
            out[row, : len(WORDS)] = [word in text for word in WORDS]
        return out


@pytest.fixture
def keywords() -> KeywordEncoder:
    """An encoder that knows a few words."""
    return KeywordEncoder()


@pytest.fixture
def model(keywords: KeywordEncoder) -> IntentModel:
    """A model of three intents."""
    return IntentModel.train(TEXTS, INTENTS, keywords)


@pytest.mark.parametrize(
    ("text", "intent"), [("the cost?", "cost"), ("ok thank you", "thanks"), ("i might die", "crisis")]
)
def test_the_likeliest_intent_comes_first(model: IntentModel, keywords: KeywordEncoder, text: str, intent: str) -> None:
    assert model.rank(text, keywords)[0][0] == intent


def test_a_ranking_holds_every_intent_once_with_falling_probabilities(
    model: IntentModel, keywords: KeywordEncoder
) -> None:
    ranking = model.rank("what does it cost", keywords)
    scores = [score for _, score in ranking]
    assert sorted(name for name, _ in ranking) == ["cost", "crisis", "thanks"]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) == pytest.approx(1.0, abs=1e-5)


def test_training_twice_gives_the_same_model(model: IntentModel, keywords: KeywordEncoder) -> None:
    again = IntentModel.train(TEXTS, INTENTS, keywords)
    assert np.array_equal(model.weights, again.weights)
    assert np.array_equal(model.bias, again.bias)


def test_a_saved_model_ranks_as_before(model: IntentModel, keywords: KeywordEncoder, tmp_path: Path) -> None:
    model.save(tmp_path / "intents.npz")
    loaded = IntentModel.load(tmp_path / "intents.npz")
    assert loaded.names == model.names
    assert loaded.rank("ok thank you", keywords) == model.rank("ok thank you", keywords)


def test_messages_are_encoded_as_the_examples_were(model: IntentModel, keywords: KeywordEncoder) -> None:
    keywords.seen.clear()
    model.rank("  Thank\u00a0 U  ", keywords)
    assert keywords.seen == [prepare("thank u")] == ["thank you"]


@pytest.mark.parametrize(
    ("ranking", "first"),
    [
        ([("cost", 0.1), ("thanks", 0.09)], "cost"),  # a topic needs to be no surer than the rest
        ([("thanks", 0.5), ("cost", 0.4)], "thanks"),
        ([("thanks", 0.49), ("cost", 0.4)], "cost"),
        ([("greet", 0.4), ("thanks", 0.3), ("safety", 0.2), ("cost", 0.1)], "safety"),
        ([("thanks", 0.4), ("greet", 0.3)], "thanks"),  # nothing passes: the likeliest stays
    ],
)
def test_the_first_intent_that_passes_its_gate_is_chosen(ranking: list[tuple[str, float]], first: str) -> None:
    assert choose(ranking, {"cost", "safety"}, Gates())[0][0] == first


def test_choosing_loses_no_intent_and_keeps_the_order_of_the_others() -> None:
    ranking = [("thanks", 0.3), ("goodbye", 0.25), ("cost", 0.2), ("greet", 0.1)]
    assert choose(ranking, {"cost"}, Gates()) == [ranking[2], ranking[0], ranking[1], ranking[3]]


def test_gates_can_be_opened() -> None:
    ranking = [("greet", 0.3), ("cost", 0.2)]
    assert choose(ranking, {"cost"}, Gates(conversation=0.25))[0][0] == "greet"
