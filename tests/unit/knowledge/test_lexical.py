"""BM25 over the phrasings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.lexical import LexicalIndex

PHRASINGS = ["what does an infusion cost", "infusion price", "what is the", "is an infusion safe with lithium"]


@pytest.fixture
def index() -> LexicalIndex:
    """An index over four phrasings, one of them without any word that carries meaning."""
    return LexicalIndex.build(PHRASINGS)


def test_a_rare_word_counts_more_than_a_common_one(index: LexicalIndex) -> None:
    scores = index.scores("Lithium infusions?")
    assert scores.shape == (4,)
    assert scores.argmax() == 3
    assert scores[3] > scores[0] > 0


def test_other_forms_of_a_word_are_found(index: LexicalIndex) -> None:
    assert index.scores("costing").argmax() == 0


@pytest.mark.parametrize("text", ["giraffe", "what is it", "", "_ \U0001f600"])
def test_a_text_without_a_known_word_scores_nothing(index: LexicalIndex, text: str) -> None:
    scores = index.scores(text)
    assert scores.shape == (4,)
    assert not scores[[0, 1, 3]].any()


def test_the_vocabulary_is_the_stems_of_the_phrasings(index: LexicalIndex) -> None:
    assert {"infusion", "cost", "pric", "lithium"} <= index.vocabulary
    assert not {"infusions", "what", ""} & index.vocabulary


def test_what_is_saved_scores_alike_when_loaded(index: LexicalIndex, tmp_path: Path) -> None:
    index.save(tmp_path / "lexical")
    loaded = LexicalIndex.load(tmp_path / "lexical")
    for text in ("lithium infusion", "price", "giraffe"):
        np.testing.assert_array_equal(loaded.scores(text), index.scores(text))
