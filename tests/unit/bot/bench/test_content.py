"""The sample that both systems are made from, and its way to files and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.bench.content import sampled, write
from knowledge.checks import check
from knowledge.load import load
from knowledge.model import Knowledge, Place, Question
from knowledge.text import key

NOWHERE = Place("", 0)


@pytest.fixture
def knowledge(faq: Path) -> Knowledge:
    """The small FAQ; `south` has a question of its own."""
    content = load(faq)
    north, south = content.clinics
    asked = tuple(f"is there parking {n}" for n in range(20))
    own = Question("parking", "logistics", "Is there parking?", "whether there is parking", asked, NOWHERE, "south")
    answer = replace(south.answers[0], id="park", questions=("parking", "stop-eating"), topic="logistics")
    south = replace(south, own_questions=(own,), answers=(replace(answer, text="Park behind the house.", sms="Park."),))
    return Knowledge(content.questions, (north, south))


def placeless(content: Knowledge) -> Knowledge:
    """The content without where it stands."""

    def bare(items: Any) -> Any:
        return tuple(replace(i, place=NOWHERE) for i in items)

    clinics = (replace(c, answers=bare(c.answers), own_questions=bare(c.own_questions)) for c in content.clinics)
    return Knowledge(bare(content.questions), bare(clinics))


def test_a_sample_keeps_so_many_questions_and_phrasings_in_their_order(knowledge: Knowledge) -> None:
    found = sampled(knowledge, phrasings=5, questions=2)
    kept = {q.id: q for q in knowledge.questions}
    ids = [q.id for q in found.questions]
    assert ids == [q.id for q in knowledge.questions if q.id in ids] and len(ids) == 2
    for question in found.all_questions():
        assert len(question.phrasings) == 5
        if question.id in kept:
            told = kept[question.id].phrasings
            assert list(question.phrasings) == [p for p in told if p in question.phrasings]


def test_answers_go_with_their_questions_and_keep_those_that_stay(knowledge: Knowledge) -> None:
    """`south` answers its own question and stop-eating in one entry: its own one always stays."""
    for seed in range(8):
        found = sampled(knowledge, phrasings=5, questions=1, seed=seed)
        known = {q.id for q in found.all_questions()}
        north, south = found.clinics
        assert all(set(a.questions) <= known and a.questions for c in found.clinics for a in c.answers)
        assert len(north.answers) == 1
        assert south.answers[0].questions[0] == "parking"


def test_a_clinics_own_question_makes_no_answer_of_another_clinic_known(knowledge: Knowledge) -> None:
    north, south = knowledge.clinics
    stray = replace(north.answers[0], id="stray", questions=("parking",))
    found = sampled(Knowledge(knowledge.questions, (replace(north, answers=(stray,)), south)), phrasings=5)
    assert found.clinics[0].answers == ()


def test_the_seed_decides_the_sample(knowledge: Knowledge) -> None:
    first, again = (sampled(knowledge, phrasings=5, questions=2, seed=1) for _ in range(2))
    assert first == again
    assert any(sampled(knowledge, phrasings=5, questions=2, seed=seed) != first for seed in range(2, 8))


def test_a_sample_that_is_larger_than_the_content_is_the_content(knowledge: Knowledge) -> None:
    assert sampled(knowledge, phrasings=1000, questions=1000) == knowledge
    assert sampled(knowledge, phrasings=1000) == knowledge


def test_no_two_phrasings_that_the_check_counts_as_one_are_drawn(knowledge: Knowledge) -> None:
    twice = tuple(p for n in range(15) for p in (f"parking {n}", f"Parking {n}?"))
    asked = Knowledge((replace(knowledge.questions[0], phrasings=twice),))
    for seed in range(5):
        (question,) = sampled(asked, phrasings=15, seed=seed).questions
        assert len({key(p) for p in question.phrasings}) == 15


def test_written_content_is_read_as_it_was(knowledge: Knowledge, tmp_path: Path) -> None:
    write(knowledge, tmp_path / "written")
    assert placeless(load(tmp_path / "written")) == placeless(knowledge)


def test_a_written_sample_passes_the_check_of_the_content(knowledge: Knowledge, tmp_path: Path) -> None:
    write(sampled(knowledge, phrasings=15, questions=2), tmp_path / "written")
    assert check(tmp_path / "written", today=date(2026, 11, 22)) == []
