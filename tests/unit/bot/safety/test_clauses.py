"""The clauses of a message around an ordinary question."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.safety.clauses import LEAST, MOST, clauses


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I am so tired of it all, how much is it?", ["I am so tired of it all", "how much is it?"]),
        ("I am so tired of it all - and do you take cash?", ["I am so tired of it all", "and do you take cash?"]),
        ("i am so tired of it all do you take cash", ["i am so tired of it all", "do you take cash"]),
        ("ya estoy cansada de todo, ¿aceptan seguro médico?", ["ya estoy cansada de todo", "¿aceptan seguro médico?"]),
        ("Stop it. I am so tired, is it far away?", ["I am so tired", "is it far away?"]),
        ("I am so tired of it all, and of the pain", []),
        ("I wonder how it works", []),
        ("how much does it cost", []),
        ("", []),
    ],
)
def test_a_sentence_is_cut_where_a_question_begins(text: str, found: list[str]) -> None:
    assert clauses(text) == found


def test_a_word_or_two_is_no_clause() -> None:
    assert clauses("So tired, how much does it cost?") == []
    assert clauses("So tired, how much does it cost, and is it far?") == [
        "So tired, how much does it cost",
        "and is it far?",
    ]


@given(st.text(max_size=400))
def test_clauses_are_parts_of_the_text_and_few(text: str) -> None:
    found = clauses(text)
    assert len(found) <= MOST
    assert all(clause in " ".join(text.split()) and len(clause.split()) >= LEAST for clause in found)


def test_a_long_run_of_spaces_takes_no_time() -> None:
    began = time.perf_counter()
    assert clauses("I am so tired" + " " * 9_000 + "do you take cash") == ["I am so tired", "do you take cash"]
    assert time.perf_counter() - began < 0.1
