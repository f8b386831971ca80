"""Logistic regression over the phrasings' vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.classifier import QuestionClassifier
from tests.conftest import WordEncoder

TEXTS = ["apple pie", "apple tart", "banana split", "banana milk", "cherry cake", "cherry jam"]


def train(texts: list[str], questions: int) -> QuestionClassifier:
    """A classifier of texts that come in pairs, one pair a question."""
    owners = np.repeat(np.arange(questions, dtype=np.int64), 2)
    return QuestionClassifier.train(WordEncoder().encode(texts), owners, questions)


@pytest.mark.parametrize("questions", [2, 3])
def test_a_text_goes_to_the_question_that_it_phrases(encoder: WordEncoder, questions: int) -> None:
    classifier = train(TEXTS[: 2 * questions], questions)
    vectors = encoder.encode(["apple", "banana", "cherry"][:questions])
    assert [int(classifier.log_probabilities(v).argmax()) for v in vectors] == list(range(questions))


def test_the_scores_are_logarithms_of_probabilities(encoder: WordEncoder) -> None:
    scores = train(TEXTS, 3).log_probabilities(encoder.encode(["banana cake"])[0])
    assert scores.shape == (3,)
    assert np.exp(scores).sum() == pytest.approx(1, abs=1e-5)


def test_training_twice_gives_the_same() -> None:
    first, second = train(TEXTS, 3), train(TEXTS, 3)
    np.testing.assert_array_equal(first.weights, second.weights)
    np.testing.assert_array_equal(first.bias, second.bias)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    classifier = train(TEXTS, 3)
    classifier.save(tmp_path / "classifier.npz")
    loaded = QuestionClassifier.load(tmp_path / "classifier.npz")
    np.testing.assert_array_equal(loaded.weights, classifier.weights)
    np.testing.assert_array_equal(loaded.bias, classifier.bias)
