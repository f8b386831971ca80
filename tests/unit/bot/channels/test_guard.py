"""What is refused before Rasa sees it, and that no patient can give Rasa a command."""

from __future__ import annotations

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.guard import EMPTY, MAX_LENGTH, NO_WORDS, TOO_LONG, as_text, refusal


@pytest.mark.parametrize("text", ["", " ", " \t\r\n ", "\u00a0\u2003", "\x00\x07", "\u200b\u200d", "\ufeff"])
def test_a_message_without_a_sign_is_met_with_an_example(text: str) -> None:
    assert refusal(text) == EMPTY


@pytest.mark.parametrize("text", ["😀", "👍🏽👍🏽", "?!", "...", "/", "///", "/ /", "❤️"])
def test_a_message_without_a_word_is_met_with_a_request_for_words(text: str) -> None:
    assert refusal(text) == NO_WORDS


@pytest.mark.parametrize("text", ["a" * 10_000, "how much? " * 1_000, "a" * (MAX_LENGTH + 1), "😀" * 10_000])
def test_a_message_that_is_too_long_is_met_with_the_limit(text: str) -> None:
    assert refusal(text) == TOO_LONG
    assert "2,000" in TOO_LONG


@pytest.mark.parametrize(
    "text", ["how much?", "a", "7", "¿cuánto cuesta?", "多少钱", "👍 thanks", "/how much", "\x00hi", "a" * MAX_LENGTH]
)
def test_a_message_with_words_is_taken(text: str) -> None:
    assert refusal(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("how much?", "how much?"),
        ("  how much?\n", "how much?"),
        ("/restart", "restart"),
        ("//restart", "restart"),
        (" / / restart", "restart"),
        ("\n/\t/restart", "restart"),
        ('/affirm{"offered": "consult"}', 'affirm{"offered": "consult"}'),
        ("mg/kg", "mg/kg"),
        ("is it 1/2?", "is it 1/2?"),
    ],
)
def test_a_leading_slash_is_taken_away_and_no_other(text: str, words: str) -> None:
    assert as_text(text) == words


@pytest.mark.parametrize("space", ["\u00a0", "\u2003", "\u3000", "\x0b", "\x0c", "\x1c", "\x85"])
def test_no_kind_of_space_smuggles_a_slash_past(space: str) -> None:
    assert not as_text(f"{space}/restart").startswith("/")


@given(st.text(st.sampled_from("/ \t\r\na")))
def test_no_mix_of_slashes_and_plain_space_becomes_a_command(text: str) -> None:
    assert not as_text(text).startswith("/")


@given(st.text(max_size=3000))
def test_every_text_is_refused_in_a_sentence_or_has_words(text: str) -> None:
    assert refusal(text) in {EMPTY, TOO_LONG, NO_WORDS} or any(
        unicodedata.category(c)[0] in "LN" for c in as_text(text)
    )


def test_the_guard_needs_no_rasa() -> None:
    code = "import sys, bot.channels.guard; sys.exit('rasa' in sys.modules or 'sanic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
