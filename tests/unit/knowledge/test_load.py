"""Reading the content from its folder: values, places, and faults of form all at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.errors import KnowledgeError
from knowledge.load import load, read
from tests.conftest import PHRASINGS, answer_block, write_clinic

OWN = "---\ntopic: logistics\n---\n\n## Is the bell loud? {#bell}\n\nClause: whether the bell is loud\n\n- bell\n"


def test_a_question_is_read_with_all_that_staff_wrote(faq: Path) -> None:
    question = next(q for q in load(faq).questions if q.id == "price")
    assert question.topic == "cost"
    assert question.heading == "How much does one infusion cost?"
    assert question.clause == "how much one infusion costs"
    assert question.phrasings[:3] == tuple(PHRASINGS["price"])
    assert str(question.place) == "knowledge/questions/cost.md:5"
    assert question.clinic is None


def test_an_answer_is_read_with_all_that_staff_wrote(faq: Path) -> None:
    answer = load(faq).clinics[0].answers[0]
    assert (answer.id, answer.clinic, answer.topic) == ("price", "north", "cost")
    assert answer.title == "Title of price"
    assert answer.questions == ("price",)
    assert answer.text == answer.sms == "One infusion costs $400."
    assert (answer.source, answer.reviewed, answer.reviewer) == ("FAQ", date(2026, 11, 1), "example")
    assert str(answer.place) == "knowledge/clinics/north/cost.md:6"


def test_a_clinic_is_read_with_its_names(faq: Path) -> None:
    north, south = load(faq).clinics
    assert (north.id, north.name, north.short_name, north.timezone) == (
        "north",
        "North Clinic",
        "north",
        None,
    )
    assert south.id == "south"


def test_one_answer_may_answer_several_questions(faq: Path) -> None:
    write_clinic(faq, "south", {"cost": [answer_block("all", "price, what-to-wear", "Ask us.", "Ask us.")]})
    south = load(faq).clinics[1]
    assert south.answer_to("price") is south.answer_to("what-to-wear") is not None


def test_a_text_of_several_lines_is_one_paragraph(faq: Path) -> None:
    write_clinic(faq, "south", {"cost": [answer_block("price", "price", "It costs $400.\nAsk us.", "$400.")]})
    assert next(a for a in load(faq).clinics[1].answers if a.id == "price").text == "It costs $400. Ask us."


def test_a_clinics_own_questions_are_its_own(faq: Path) -> None:
    (faq / "clinics" / "north" / "questions").mkdir()
    (faq / "clinics" / "north" / "questions" / "logistics.md").write_text(OWN, encoding="utf-8")
    knowledge = load(faq)
    assert [(q.id, q.clinic) for q in knowledge.clinics[0].own_questions] == [("bell", "north")]
    assert "bell" not in {q.id for q in knowledge.questions}
    assert knowledge.all_questions()[-1].id == "bell"


def test_load_refuses_with_every_fault_at_once(faq: Path) -> None:
    (faq / "clinics" / "south" / "clinic.yml").unlink()
    cost = faq / "questions" / "cost.md"
    cost.write_text(cost.read_text(encoding="utf-8").replace("Clause: ", "Klause: "), encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load(faq)
    lines = str(caught.value).splitlines()
    assert any(line.startswith("knowledge/clinics/south/clinic.yml:1: missing; ") for line in lines)
    assert any(line.startswith("knowledge/questions/cost.md:5: question 'price' has 0 clauses; ") for line in lines)


def test_what_can_be_read_is_read_beside_a_fault(faq: Path) -> None:
    (faq / "clinics" / "south" / "clinic.yml").unlink()
    knowledge, problems = read(faq)
    assert [c.id for c in knowledge.clinics] == ["north"]
    assert len(problems) == 1


def test_a_folder_that_holds_no_knowledge_is_named(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="no folder 'questions'"):
        load(tmp_path)


def test_a_byte_order_mark_is_no_content(faq: Path) -> None:
    path = faq / "questions" / "cost.md"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert [q.id for q in load(faq).questions if q.topic == "cost"] == ["price"]


@pytest.mark.parametrize("file", ["questions/cost.md", "clinics/north/cost.md", "clinics/north/clinic.yml"])
def test_a_file_that_is_not_utf_8_is_named(faq: Path, file: str) -> None:
    (faq / file).write_bytes((faq / file).read_bytes() + "# caf\u00e9\n".encode("latin-1"))
    with pytest.raises(KnowledgeError, match=f"knowledge/{file}:"):
        load(faq)
