"""The nearest-neighbour baselines on known texts."""

from __future__ import annotations

import pytest

from bot.evaluate.nearest import NearestKnown
from knowledge.encoder import Encoder

TEXTS = ["price of an infusion", "what does it cost", "when to stop eating", "parking near the clinic"]
LABELS = ["price", "price", "eating", "parking"]


@pytest.fixture
def known(encoder: Encoder) -> NearestKnown:
    """Three classes."""
    return NearestKnown(TEXTS, LABELS, encoder)


def test_a_known_text_finds_its_class_by_both(known: NearestKnown) -> None:
    for text, label in zip(TEXTS, LABELS, strict=True):
        best, score = known.by_encoder(text)[0]
        assert (best, score) == (label, pytest.approx(1.0))
        assert known.by_bm25(text)[0][0] == label


def test_each_class_stands_once_the_best_first(known: NearestKnown) -> None:
    ranking = known.by_encoder("cost of parking")
    assert sorted(label for label, _ in ranking) == ["eating", "parking", "price"]
    assert [score for _, score in ranking] == sorted((s for _, s in ranking), reverse=True)


def test_bm25_finds_nothing_where_no_word_is_shared(known: NearestKnown) -> None:
    assert known.by_bm25("xylophone") == []
    assert [label for label, _ in known.by_bm25("parking xylophone")] == ["parking"]


def test_only_the_classes_that_may_be_found_are(known: NearestKnown) -> None:
    assert [label for label, _ in known.by_encoder("parking", among={"price"})] == ["price"]
