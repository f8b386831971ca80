"""One SMS: what fits, and what is left out for MORE."""

from __future__ import annotations

import pytest

from knowledge.gsm7 import MAX_CHARACTERS, length
from knowledge.model import Clinic, Place
from knowledge.reply import fixed
from knowledge.sms import fits, unanswered

NORTH = Clinic("north", "North Clinic", "North", "example", "page", None, (), (), Place("clinic.yml", 1))


@pytest.mark.parametrize(
    ("text", "whether"), [("x" * 306, True), ("x" * 307, False), ("{" * 153, True), ("{" * 154, False), ("…", False)]
)
def test_an_sms_is_306_characters_of_gsm_7(text: str, whether: bool) -> None:
    assert fits(text) is whether


def test_open_questions_that_fit_are_all_named() -> None:
    reply = unanswered("no_answer", ["One.", "Two."], ["a", "b"], NORTH)
    assert reply.messages[0].text == "One.\nTwo."
    assert (reply.kind, reply.left_out, reply.entries) == ("no_answer", (), ())


def test_those_that_do_not_fit_are_left_out_from_the_end_and_more_brings_them() -> None:
    reply = unanswered("no_answer", ["x" * 140, "y" * 140, "z" * 140], ["a", "b", "c"], NORTH)
    assert reply.messages[0].text.splitlines() == ["x" * 140, "y" * 140, fixed("more", "sms", NORTH)][:3]
    assert reply.left_out == ("c",)
    assert length(reply.messages[0].text) <= MAX_CHARACTERS


def test_the_first_stands_however_long_it_is() -> None:
    assert unanswered("no_answer", ["x" * 400, "y"], ["a", "b"], NORTH).left_out == ("b",)
