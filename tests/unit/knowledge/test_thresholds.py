"""The numbers that decide between an answer and none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import KnowledgeError
from knowledge.thresholds import Thresholds

GOOD = "understood: 0.5\nintercept: -6\nnearest: 9\nmargin: 0.6\nlearned: 1.0\ncover: 1.0\n"
THRESHOLDS = Thresholds(understood=0.5, intercept=-6, nearest=9, margin=0.6, learned=1.0, cover=1.0)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)


def test_the_file_gives_the_numbers(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.yml"
    path.write_text(GOOD, encoding="utf-8")
    assert Thresholds.load(path) == THRESHOLDS


def test_the_numbers_that_ship_can_tell_a_sure_match_from_none() -> None:
    shipped = Thresholds.load()
    assert shipped.confidence(nearest=1.0, margin=3.0, learned=0.9, cover=1.0) > shipped.understood
    assert shipped.confidence(nearest=0.0, margin=0.0, learned=0.0, cover=0.0) < shipped.understood


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("- 1\n- 2\n", id="a list"),
        pytest.param(GOOD.replace("margin: 0.6\n", ""), id="a number is missing"),
        pytest.param(f"{GOOD}extra: 1\n", id="an unknown number"),
        pytest.param(GOOD.replace("0.5", "half"), id="a word for a number"),
        pytest.param(GOOD.replace("0.5", ""), id="an empty number"),
        pytest.param("understood: [", id="no YAML"),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "thresholds.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"thresholds\.yml"):
        Thresholds.load(path)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_confidence_is_a_probability_whatever_comes_in(nearest: float, margin: float, score: float) -> None:
    assert 0 <= THRESHOLDS.confidence(nearest=nearest, margin=margin, learned=score, cover=score) <= 1


def test_confidence_rises_with_each_kind_of_evidence() -> None:
    base = THRESHOLDS.confidence(nearest=0.5, margin=1, learned=0.5, cover=0.5)
    assert THRESHOLDS.confidence(nearest=0.6, margin=1, learned=0.5, cover=0.5) > base
    assert THRESHOLDS.confidence(nearest=0.5, margin=2, learned=0.5, cover=0.5) > base
    assert THRESHOLDS.confidence(nearest=0.5, margin=1, learned=0.9, cover=0.5) > base
