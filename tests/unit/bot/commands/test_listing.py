"""The lists for staff: what is answered, what is open, and the catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.knowledge_list import catalogue, entries, open_questions
from knowledge.load import load
from knowledge.model import Clinic, Knowledge


@pytest.fixture
def knowledge(faq: Path) -> Knowledge:
    """The small FAQ, read."""
    return load(faq)


def clinic(knowledge: Knowledge, name: str) -> Clinic:
    """A clinic by its id."""
    return next(c for c in knowledge.clinics if c.id == name)


def test_entries_say_where_each_is_edited(knowledge: Knowledge) -> None:
    head, *lines = entries(clinic(knowledge, "north"))
    assert head == "north: North Clinic, 3 entries"
    places = {line.split()[0]: line for line in lines}
    assert set(places) == {"stop", "wear", "price"}
    assert "Title of price" in places["price"]
    assert "clinics/north/cost.md:" in places["price"]
    assert "reviewed 2026-11-01" in places["price"]


def test_open_questions_stand_under_their_topic(knowledge: Knowledge) -> None:
    lines = list(open_questions(knowledge, clinic(knowledge, "south")))
    assert lines[0] == "south: 2 of 3 questions are open"
    assert [line.split()[0] if line.startswith("    ") else line.strip() for line in lines[1:]] == [
        "Cost and insurance",
        "price",
        "Preparing for an infusion",
        "what-to-wear",
    ]


def test_a_clinic_that_answers_all_has_nothing_open(knowledge: Knowledge) -> None:
    assert list(open_questions(knowledge, clinic(knowledge, "north"))) == ["north: 0 of 3 questions are open"]


def test_the_catalogue_counts_phrasings_and_answers(knowledge: Knowledge) -> None:
    lines = {line.split()[1]: line for line in catalogue(knowledge)}
    assert set(lines) == {"stop-eating", "what-to-wear", "price"}
    assert "15 phrasings, answered by 2" in lines["stop-eating"]
    assert "15 phrasings, answered by 1" in lines["price"]
    assert lines["price"].endswith("How much does one infusion cost?")
