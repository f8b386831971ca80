"""Which sentences count as variants of one another."""

from __future__ import annotations

import pytest

from bot.evaluate.variants import alike, groups, normal


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("How much is it?", "hi, how much is it pls"),
        ("how r u", "How are you?!"),
        ("never mind", "nevermind"),
        ("are you a robot", "are you a robt"),
        ("recovery time at the clinic", "total time at the clinic"),
    ],
)
def test_variants_are_alike_in_both_directions(left: str, right: str) -> None:
    assert alike([left], [right])[0, 0]
    assert alike([right], [left])[0, 0]


@pytest.mark.parametrize(
    ("left", "right"),
    [("how much is it", "when do i stop eating"), ("what are your hours", "what are the risks"), ("hello", "goodbye")],
)
def test_other_sentences_are_not_alike(left: str, right: str) -> None:
    assert not alike([left], [right])[0, 0]


def test_a_greeting_alone_keeps_its_words() -> None:
    assert normal("Hello there!") == "hello there"


def test_variants_of_variants_share_a_group() -> None:
    texts = ["nevermind", "what should i wear", "never mind", "nvm", "what should I wear please?"]
    assert groups(texts) == [0, 1, 0, 0, 1]


def test_the_table_has_a_row_for_each_left_text() -> None:
    assert alike(["yes"], ["no", "yes!", "maybe later"]).tolist() == [[False, True, False]]
