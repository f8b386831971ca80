"""The content's types: look-ups that the rest relies on."""

from __future__ import annotations

from pathlib import Path

from knowledge.load import load
from knowledge.model import Place


def test_a_place_reads_as_editors_open_it() -> None:
    assert str(Place("knowledge/questions/cost.md", 5)) == "knowledge/questions/cost.md:5"


def test_a_clinic_answers_what_its_faq_says_and_nothing_else(faq: Path) -> None:
    north, south = load(faq).clinics
    price = north.answer_to("price")
    assert price is not None
    assert (price.clinic, price.id) == ("north", "price")
    assert south.answer_to("price") is None
    assert north.answer_to("no-such-question") is None
