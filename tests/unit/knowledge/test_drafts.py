"""Drafts of a page: which questions are proposed, and that no draft can be served before it was reviewed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.checks import MAX_TEXT, check
from knowledge.draft_files import MARK, NO_TOPIC, files, write_new
from knowledge.drafts import Draft, Proposal, drafts, with_questions
from knowledge.errors import KnowledgeError
from knowledge.index import build
from knowledge.load import load
from knowledge.markdown import parse
from knowledge.model import Clinic
from knowledge.page_sections import PageSection
from knowledge.search import Search
from knowledge.thresholds import Thresholds
from tests.conftest import WordEncoder, write_clinic

TODAY = date(2026, 11, 22)
THRESHOLDS = Path(__file__).parents[1] / "thresholds.yml"
WEAR = PageSection("What should I wear to my infusion?", 3, ("Anything soft will do.", "## No coat", "- and no hat"))
EAT = PageSection("Before you come", 9, ("How long before my infusion do I stop eating? Ask the desk.",))


def south(faq: Path) -> Clinic:
    """The clinic that answers one question."""
    return next(c for c in load(faq).clinics if c.id == "south")


def proposed(faq: Path, encoder: WordEncoder, sections: list[PageSection]) -> list[Draft]:
    """The drafts with the questions that the search proposes."""
    search = Search(build(load(faq), encoder), encoder, thresholds=Thresholds.load(THRESHOLDS))
    return with_questions(drafts(sections), search, "south")


def test_a_heading_and_a_sentence_propose_the_questions_that_they_are_near(faq: Path, encoder: WordEncoder) -> None:
    made = proposed(faq, encoder, [WEAR, EAT])
    assert [[p.question.id for p in d.proposals] for d in made] == [["what-to-wear"], ["stop-eating"]]


def test_a_question_is_proposed_for_the_draft_that_it_fits_best_alone(faq: Path, encoder: WordEncoder) -> None:
    again = PageSection("What should I wear to my infusion?", 20, ("See above.",))
    made = proposed(faq, encoder, [WEAR, again])
    assert [len(d.proposals) for d in made] == [1, 0]


def test_a_long_section_is_several_drafts_that_each_fit_an_answer() -> None:
    made = drafts([PageSection("Long", 1, ("A sentence of words. " * 60,))])
    assert [(d.part, d.parts) for d in made] == [(1, 3), (2, 3), (3, 3)]
    assert all(len(" ".join(d.paragraphs)) <= MAX_TEXT for d in made)


def test_drafts_are_entries_with_what_is_missing_left_empty(faq: Path, encoder: WordEncoder) -> None:
    texts = files(proposed(faq, encoder, [WEAR, EAT]), south(faq), page="page.txt", source="FAQ")
    assert texts == {
        "preparation.md": f"""\
---
clinic: south
topic: preparation
---

## What should I wear to my infusion? {{#what-to-wear}}
- questions: what-to-wear
- source: FAQ, "What should I wear to my infusion?"
- reviewed:
- reviewer:
- sms:

{MARK}
# from page.txt:3
# proposed (1.00): what-to-wear: What should I wear to my infusion?
Anything soft will do.
No coat
and no hat

## Before you come {{#stop-eating}}
- questions: stop-eating
- source: FAQ, "Before you come"
- reviewed:
- reviewer:
- sms:

{MARK}
# from page.txt:9
# proposed (1.00): stop-eating: How long before my infusion do I stop eating?
#   answered already by 'stop' (knowledge/clinics/south/preparation.md:6): change that one, or leave this question out
How long before my infusion do I stop eating? Ask the desk.
"""
    }
    document = parse(texts["preparation.md"])
    assert document.faults == []
    assert [len(s.bullets) for s in document.sections] == [5, 5]


def test_ids_are_new_in_the_clinic_and_drafts_without_a_question_have_no_topic(faq: Path) -> None:
    made = drafts([PageSection("Stop!", 1, ("x y",)), PageSection("\u00bf?", 2, ("x y",))])
    (name, text), *others = files(made, south(faq), page="p", source="FAQ").items()
    assert (name, others) == (f"{NO_TOPIC}.md", [])
    assert [s.id for s in parse(text).sections] == ["stop-2", "draft"]


def test_the_check_refuses_a_draft_until_nothing_of_it_is_left(faq: Path, encoder: WordEncoder) -> None:
    (text,) = files(proposed(faq, encoder, [WEAR]), south(faq), page="page.txt", source="FAQ").values()
    live = faq / "clinics" / "south" / "procedure.md"

    def faults(written: str) -> list[str]:
        live.write_text(written.replace("topic: preparation", "topic: procedure"), encoding="utf-8")
        return [p.what for p in check(faq, today=TODAY)]

    assert faults(text) == ["missing field 'reviewed'", "missing field 'reviewer'", "missing field 'sms'"]
    filled = text.replace("reviewed:", "reviewed: 2026-11-22").replace("reviewer:", "reviewer: nurse")
    filled = filled.replace("sms:", "sms: Anything soft.")
    assert faults(filled) == ["entry 'what-to-wear': a draft, copied from the page"]
    assert faults(filled.replace(f"{MARK}\n", "")) == []


def test_a_draft_without_a_topic_is_refused_too(faq: Path) -> None:
    (text,) = files(drafts([WEAR]), south(faq), page="p", source="FAQ").values()
    (faq / "clinics" / "south" / f"{NO_TOPIC}.md").write_text(text, encoding="utf-8")
    found = [p.what for p in check(faq, today=TODAY)]
    assert found[0] == f"unknown topic '{NO_TOPIC}'"
    assert "missing field 'questions'" in found


def test_nothing_is_overwritten_and_then_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("mine", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"b\.md is there already, nothing was written; move it away"):
        write_new(tmp_path, {"a.md": "new", "b.md": "new"})
    assert [p.name for p in tmp_path.iterdir()] == ["b.md"]
    assert (tmp_path / "b.md").read_text(encoding="utf-8") == "mine"


def test_where_one_file_cannot_be_written_none_stays(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="cannot be written"):
        write_new(tmp_path, {"a.md": "new", "no/such/folder.md": "new"})
    assert list(tmp_path.iterdir()) == []


def test_the_surest_proposal_gives_the_topic(faq: Path) -> None:
    price, wear = (next(q for q in load(faq).questions if q.id == i) for i in ("price", "what-to-wear"))
    draft = Draft(WEAR, 1, 1, ("x y",), (Proposal(price, 0.9), Proposal(wear, 0.7)))
    (name,) = files([draft], south(faq), page="p", source="FAQ")
    assert name == "cost.md"


def test_questions_are_proposed_for_a_clinic_that_answers_nothing_yet(faq: Path, encoder: WordEncoder) -> None:
    write_clinic(faq, "west", {})
    search = Search(build(load(faq), encoder), encoder, thresholds=Thresholds.load(THRESHOLDS))
    assert [p.question.id for p in with_questions(drafts([WEAR]), search, "west")[0].proposals] == ["what-to-wear"]
