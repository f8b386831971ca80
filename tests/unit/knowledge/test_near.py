"""Questions near one another: what "tell me more" goes on with, and a question by its id."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.encoder import Encoder
from knowledge.index import Index, build
from knowledge.load import load
from knowledge.near import meant, nearest, next_entry
from tests.conftest import answer_block, write_clinic


@pytest.fixture
def index(faq: Path, encoder: Encoder) -> Index:
    """The small FAQ; clinic `south` has a question of its own, and one answer to two questions."""
    folder = faq / "clinics" / "south" / "questions"
    folder.mkdir(parents=True)
    bullets = "".join(f"- when do i stop eating at south {n}\n" for n in range(15))
    (folder / "preparation.md").write_text(
        f"---\ntopic: preparation\n---\n\n## Is there a kitchen at South? {{#kitchen}}\n\nClause: whether\n\n{bullets}",
        encoding="utf-8",
    )
    block = answer_block("bring", "kitchen", "There is one.", "There is one.")
    stop = answer_block("stop", "stop-eating, what-to-wear", "Stop at 4.", "Stop at 4.")
    write_clinic(faq, "south", {"preparation": [stop, block]}, name="South Clinic")
    return build(load(faq), encoder)


def test_the_nearest_comes_first_and_the_question_itself_not_at_all(index: Index) -> None:
    near = nearest(index, index.clinics["south"], "stop-eating")
    assert near[0].question.id == "kitchen"
    assert {c.question.id for c in near} == {"kitchen", "what-to-wear", "price"}
    assert [c.score for c in near] == sorted((c.score for c in near), reverse=True)
    assert all(-1.0 <= c.score <= 1.0 for c in near)


def test_another_clinics_own_question_is_not_near(index: Index) -> None:
    assert "kitchen" not in {c.question.id for c in nearest(index, index.clinics["north"], "stop-eating")}


def test_a_question_by_its_id_is_certain_and_has_the_clinics_answer(index: Index) -> None:
    picked = meant(index, index.clinics["north"], "price", "2")
    assert (picked.text, picked.question.id, picked.confidence, picked.known) == ("2", "price", 1.0, True)
    assert picked.answer is not None and (picked.answer.clinic, picked.answer.id) == ("north", "price")
    assert picked.candidates[0].question.id == "price" and len(picked.candidates) > 1
    assert meant(index, index.clinics["south"], "price", "2").answer is None


def test_an_unknown_question_is_an_error(index: Index) -> None:
    with pytest.raises(KeyError):
        meant(index, index.clinics["north"], "gone", "2")


def test_more_is_the_nearest_entry_of_the_topic_not_yet_given(index: Index) -> None:
    north = index.clinics["north"]
    found = next_entry(index, north, "stop-eating", {"stop"})
    assert found is not None and (found[0].id, found[1].id) == ("what-to-wear", "wear")
    # the price is another topic
    assert next_entry(index, north, "stop-eating", {"stop", "wear"}) is None
    assert next_entry(index, north, "price", {"price"}) is None


def test_one_entry_that_answers_two_questions_is_given_once(index: Index) -> None:
    south = index.clinics["south"]
    found = next_entry(index, south, "stop-eating", {"stop"})
    assert found is not None and found[1].id == "bring"
    assert next_entry(index, south, "stop-eating", {"stop", "bring"}) is None
