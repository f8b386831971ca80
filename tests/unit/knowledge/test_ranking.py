"""The rankings of all questions and their sum."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.index import Index, build
from knowledge.load import load
from knowledge.ranking import ANSWER_CAP, ENOUGH_PHRASINGS, Evidence, Weights, combine, gather, standardise
from tests.conftest import WordEncoder, write_clinic

ALL = np.ones(3, dtype=np.bool_)


def scores(*values: float) -> np.ndarray:
    """Scores of a few questions."""
    return np.array(values, dtype=np.float32)


@pytest.fixture
def index(faq: Path, encoder: WordEncoder) -> Index:
    """The small FAQ with a clinic that has no answers yet."""
    write_clinic(faq, "east", {})
    return build(load(faq), encoder)


def look(index: Index, clinic: str, text: str) -> Evidence:
    """The evidence for a text at a clinic."""
    return gather(index, index.clinics[clinic], text, WordEncoder().encode([text])[0])


def test_standardised_scores_have_no_mean_and_unit_deviation() -> None:
    found = standardise(np.stack([scores(1, 2, 6), scores(-300, 0, 9)]), ALL)
    assert found.mean(axis=1) == pytest.approx([0, 0], abs=1e-6)
    assert found.std(axis=1) == pytest.approx([1, 1], abs=1e-6)


def test_scores_that_are_all_alike_say_nothing() -> None:
    assert standardise(np.stack([scores(4, 4, 4), scores(1, 2, 3)]), ALL)[0].tolist() == [0, 0, 0]


def test_a_question_that_is_not_allowed_has_no_influence_and_no_chance() -> None:
    allowed = np.array([True, True, False])
    wild, tame = (Evidence(*[scores(1, 2, last)] * 7) for last in (1000.0, 0.0))
    found = combine(wild, Weights(), allowed)
    assert found[2] == -np.inf
    np.testing.assert_array_equal(found, combine(tame, Weights(), allowed))


@pytest.mark.parametrize("name", [f.name for f in fields(Weights)])
def test_each_ranking_counts_by_its_weight(name: str) -> None:
    evidence = replace(Evidence(*[scores(0, 0, 0)] * 7), **{name: scores(0, 0, 1)})
    none = {f.name: 0.0 for f in fields(Weights)}
    assert combine(evidence, Weights(**none), ALL).tolist() == [0, 0, 0]
    once, twice = (combine(evidence, Weights(**{**none, name: weight}), ALL) for weight in (1.0, 2.0))
    assert once.argmax() == 2
    np.testing.assert_allclose(twice, 2 * once)


@pytest.mark.parametrize("name", [f.name for f in fields(Weights) if not f.name.startswith("answer")])
def test_each_kind_of_evidence_finds_the_question(index: Index, name: str) -> None:
    found = getattr(look(index, "north", "price of an infusion"), name)
    assert found.shape == (3,)
    assert index.questions[int(found.argmax())].id == "price"


def test_the_nearest_phrasing_is_as_near_as_the_same_text(index: Index) -> None:
    found = look(index, "north", "outfit for the day")
    assert found.nearest.max() == pytest.approx(1, abs=1e-5)
    assert (found.mean_of_three <= found.nearest + 1e-6).all()


def test_the_answers_speak_for_the_questions_that_they_answer(index: Index) -> None:
    found = look(index, "north", "one infusion costs $400").answers
    assert found[index.number_of["price"]] == pytest.approx(1, abs=1e-5)
    assert found.argmax() == index.number_of["price"]


def test_what_a_clinic_answers_is_likelier_than_what_it_leaves_open(index: Index) -> None:
    assert look(index, "east", "one infusion costs $400").answered.tolist() == [0, 0, 0]
    found = look(index, "north", "one infusion costs $400").answered
    assert {index.questions[i].id for i in np.flatnonzero(found)} >= {"price"}


def test_the_answers_of_another_clinic_say_nothing(index: Index) -> None:
    found = look(index, "south", "one infusion costs $400").answers
    assert found[index.number_of["price"]] == found[index.number_of["what-to-wear"]]
    assert found.max() < 0.9


def test_a_clinic_without_answers_has_no_evidence_from_them(index: Index) -> None:
    assert look(index, "east", "one infusion costs $400").answers.tolist() == [0, 0, 0]


def test_words_count_less_where_there_are_few_phrasings(index: Index) -> None:
    evidence = look(index, "north", "price of an infusion")
    assert evidence.trust == min(1.0, len(index.owners) / 3 / ENOUGH_PHRASINGS)
    evidence = replace(evidence, trust=0.2)
    only_words = Weights(nearest=0, mean_of_three=0, classifier=0, lexical=0, words=1, answers=0, answered=0)
    whole = combine(replace(evidence, trust=1.0), only_words, ALL)
    np.testing.assert_allclose(combine(evidence, only_words, ALL), evidence.trust * whole, rtol=1e-5)


def test_one_matching_sentence_does_not_decide_alone() -> None:
    zeros = np.zeros(400, dtype=np.float32)
    one = zeros.copy()
    one[7] = 1.0
    evidence = Evidence(zeros, zeros, zeros, zeros, zeros, one, zeros)
    found = combine(evidence, Weights(), np.ones(400, dtype=np.bool_))
    assert found.max() == pytest.approx(Weights().answers * ANSWER_CAP)
