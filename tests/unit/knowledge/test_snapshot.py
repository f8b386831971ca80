"""The content as JSON and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from knowledge.load import load
from knowledge.model import Knowledge
from knowledge.snapshot import from_json, to_json


def full(faq: Path) -> Knowledge:
    """The example with every field in use."""
    knowledge = load(faq)
    own = replace(knowledge.questions[0], id="own", clinic="north", heading="D\u00e9j\u00e0 vu \u2013 \U0001f600?")
    north = replace(knowledge.clinics[0], own_questions=(own,), notes=("a", "b"), timezone="America/New_York")
    return replace(knowledge, clinics=(north, *knowledge.clinics[1:]))


def test_what_is_written_is_read_back_equal(faq: Path) -> None:
    knowledge = full(faq)
    assert from_json(to_json(knowledge)) == knowledge


def test_equal_content_gives_equal_text(faq: Path) -> None:
    assert to_json(full(faq)) == to_json(full(faq)) == to_json(from_json(to_json(full(faq))))


def test_any_change_of_an_answer_changes_the_text(faq: Path) -> None:
    knowledge = full(faq)
    clinic = knowledge.clinics[0]
    answer = replace(clinic.answers[0], reviewed=date(2026, 11, 2))
    changed = replace(clinic, answers=(answer, *clinic.answers[1:]))
    assert to_json(replace(knowledge, clinics=(changed, *knowledge.clinics[1:]))) != to_json(knowledge)
