"""What is learned from the phrasings' words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.words import WordClassifier, features

TEXTS = ["how much does it cost", "what is the cost", "is it safe", "safe for my heart", "price of one infusion"]
OWNERS = np.array([0, 0, 1, 1, 0])


@pytest.fixture(scope="module")
def words() -> WordClassifier:
    return WordClassifier.train(TEXTS, OWNERS, 2)


def test_stems_and_their_pairs_are_the_features() -> None:
    assert features("costs of infusions") == features("cost infusion")
    assert len(features("cheap fast infusion")) == 5


def test_the_words_speak_for_their_question(words: WordClassifier) -> None:
    assert words.log_likelihoods("the price please").argmax() == 0
    assert words.log_likelihoods("is that safe").argmax() == 1


def test_it_counts_as_multinomial_naive_bayes_does(words: WordClassifier) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.naive_bayes import MultinomialNB

    vectoriser = TfidfVectorizer(analyzer=features, sublinear_tf=True)
    model = MultinomialNB(alpha=0.05, fit_prior=False).fit(vectoriser.fit_transform(TEXTS), OWNERS)
    expected = model.predict_log_proba(vectoriser.transform(["safe infusion cost"]))[0]
    found = words.log_likelihoods("safe infusion cost")
    assert found[0] - found[1] == pytest.approx(expected[0] - expected[1], abs=1e-4)


def test_unknown_words_say_nothing(words: WordClassifier) -> None:
    assert not words.log_likelihoods("zebra xylophone").any()
    assert not words.log_likelihoods("").any()


def test_what_is_saved_is_what_is_loaded(words: WordClassifier, tmp_path: Path) -> None:
    words.save(tmp_path / "words.npz")
    again = WordClassifier.load(tmp_path / "words.npz")
    assert np.array_equal(again.log_likelihoods("safe cost"), words.log_likelihoods("safe cost"))
