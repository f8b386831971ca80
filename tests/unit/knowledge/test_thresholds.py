"""The numbers that decide between an answer and none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import KnowledgeError
from knowledge.thresholds import NAMES, Features, Promise, Thresholds

WEIGHTS = Features(9, 0.6, 1.0, 1.0, 1.0, on_topic=1.0, on_topic_words=1.0, mass=1.0)
THRESHOLDS = Thresholds(sure=0.8, understood=0.5, plausible=0.2, intercept=-6, weights=WEIGHTS)
GOOD = """\
sure: 0.8
understood: 0.5
plausible: 0.2
intercept: -6
weights:
  nearest: 9
  margin: 0.6
  learned: 1.0
  cover: 1.0
  agreement: 1.0
  on_topic: 1.0
  on_topic_words: 1.0
  mass: 1.0
promise: null
"""
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)


def test_the_file_gives_the_numbers(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.yml"
    path.write_text(GOOD, encoding="utf-8")
    assert Thresholds.load(path) == THRESHOLDS


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.yml"
    promised = replace(THRESHOLDS, promise=Promise(0.05, 0.95, 200, 4, 0.02, "abc"))
    promised.save(path)
    assert Thresholds.load(path) == promised
    replace(promised, understood=0.75).save(path)
    assert Thresholds.load(path).understood == 0.75, "an older reading is forgotten"


def test_the_numbers_that_ship_can_tell_a_sure_match_from_none() -> None:
    shipped = Thresholds.load()
    assert shipped.confidence(Features(1.0, 3.0, 0.9, 1.0, 1.0, 5.0, 3.0)) > shipped.understood
    assert shipped.confidence(Features(0.0, 0.0, 0.0, 0.0, 0.0, -5.0, -3.0)) < shipped.plausible


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("- 1\n- 2\n", id="a list"),
        pytest.param(GOOD.replace("  margin: 0.6\n", ""), id="a weight is missing"),
        pytest.param(GOOD.replace("plausible: 0.2\n", ""), id="a number is missing"),
        pytest.param(f"{GOOD}extra: 1\n", id="an unknown number"),
        pytest.param(GOOD.replace("0.5", "half"), id="a word for a number"),
        pytest.param(GOOD.replace("0.5", ""), id="an empty number"),
        pytest.param(GOOD.replace("promise: null", "promise: {risk: 0.05}"), id="half a promise"),
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
    assert 0 <= THRESHOLDS.confidence(Features(nearest, margin, score, score, score, margin, nearest)) <= 1


@pytest.mark.parametrize("name", NAMES)
def test_confidence_rises_with_each_kind_of_evidence(name: str) -> None:
    base = Features(0.5, 1, 0.5, 0.5, 0.5, 0.5, 0.5)
    surer = replace(base, **{name: getattr(base, name) + 0.2})
    assert THRESHOLDS.confidence(surer) > THRESHOLDS.confidence(base)
