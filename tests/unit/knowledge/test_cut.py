"""A message cut up once: its questions, how each is read, and all that is encoded for it."""

from __future__ import annotations

import pytest

from knowledge.cut import cut


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("How long does it take?", ["How long does it take?", "How long does it take?"]),
        (
            "How long does it take and can I drive home after?",
            ["How long does it take and can I drive home after?", "How long does it take", "can I drive home after?"],
        ),
        (
            "I get fits. Is this off the table for me?",
            [
                "I get fits. Is this off the table for me?",
                "Is this off the table for me?",
                "I get fits.  ",
            ],
        ),
        (
            "Do you treat fibromyalgia and migraines?",
            ["Do you treat fibromyalgia and migraines?"] * 2 + ["Do you treat fibromyalgia", "Do you treat migraines?"],
        ),
    ],
)
def test_every_text_that_the_search_reads_is_named(text: str, texts: list[str]) -> None:
    assert cut(text).texts() == texts


def test_without_splitting_a_message_is_one_question() -> None:
    assert cut("How long is it and can I drive home?", splitting=False).parts == (
        "How long is it and can I drive home?",
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "She is expecting and his blood pressure is high. Would you treat them?",
            ("She is expecting", "his blood pressure is high"),
        ),
        ("I have gout, can I come?", ("I have gout",)),
        ("Do you treat gout?", ()),
        ("I have gout", ()),
        ("", ()),
    ],
)
def test_the_clauses_that_tell_something_are_named(text: str, told: tuple[str, ...]) -> None:
    assert cut(text).told_clauses == told
