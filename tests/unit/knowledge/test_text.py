"""A patient's text made ready: cleaned, shorthand spelt out, words and stems."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.text import MAX_LENGTH, clean, key, spell_out, stem, terms, tokens


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        pytest.param("  how\tmuch \r\n is it ", "how much is it", id="one line"),
        pytest.param("how\x00much\x1b[0m", "how much [0m", id="control characters"),
        pytest.param("\uff28\uff4f\uff57 \ufb01ne", "How fine", id="NFKC"),
        pytest.param("cafe\u0301", "caf\u00e9", id="composed accents"),
        pytest.param("I\u2019m \u201cscared\u201d", 'I\'m "scared"', id="typographic quotes"),
        pytest.param("how\u00a0much\u2003is\u200bit", "how much is it", id="odd spaces"),
        pytest.param("hi\ud800there", "hi there", id="lone surrogate"),
    ],
)
def test_clean_leaves_one_plain_line(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


def test_clean_cuts_what_is_too_long() -> None:
    assert clean("x" * (MAX_LENGTH + 1)) == "x" * MAX_LENGTH


@settings(deadline=None)
@given(st.text())
def test_clean_text_is_clean(raw: str) -> None:
    cleaned = clean(raw)
    assert cleaned == cleaned.strip()
    assert "  " not in cleaned
    assert all(unicodedata.category(c)[0] != "C" for c in cleaned)
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize("character", ["\ufdfa", "\u3316", "\u2026"])
def test_a_cleaned_text_is_never_longer_than_the_limit(character: str) -> None:
    length = len(clean(character * MAX_LENGTH))
    assert length <= MAX_LENGTH


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("b4 my infusion", "before my infusion"),
        ("can u drive 4 me", "can you drive for me"),
        ("wat 2 wear", "what to wear"),
        ("i need 2 know", "i need to know"),
        ("4 depression", "for depression"),
        ("r u open 2day", "are you open today"),
        ("come 2nite", "come tonight"),
        ("2moro", "tomorrow"),
        ("w/o insurance, w/ cash", "without insurance with cash"),
        ("do i stop meds 2hrs b4", "do i stop medications 2 hours before"),
        ("idk abt the appt", "i do not know about the appointment"),
    ],
)
def test_shorthand_is_spelt_out(text: str, words: str) -> None:
    assert spell_out(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("wait 4 hours", "wait 4 hours"),
        ("2-4 hours", "2 4 hours"),
        ("i have 2 kids", "i have 2 kids"),
        ("2 infusions", "2 infusions"),
        ("do i need 2", "do i need 2"),
        ("at 4 on monday", "at 4 on monday"),
        ("more than 2 of them", "more than 2 of them"),
    ],
)
def test_a_digit_that_counts_stays_a_digit(text: str, words: str) -> None:
    assert spell_out(text) == words


def test_words_and_numbers_are_the_tokens() -> None:
    assert tokens("Don't pay $1,200.50 (50%) at St. Mary's!") == [
        "don't", "pay", "$1,200.50", "50%", "at", "st", "mary's",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "other", ["HOW much is it", "how  much, is it?!", "\u201cHow much\u201d is it\u2026", "how-much is it"]
)
def test_texts_that_differ_in_case_spacing_and_punctuation_have_one_key(other: str) -> None:
    assert key(other) == key("How much is it?")


@pytest.mark.parametrize("other", ["How much was it?", "how much is it 2", "howmuch is it"])
def test_other_words_have_another_key(other: str) -> None:
    assert key(other) != key("How much is it?")


@pytest.mark.parametrize(
    ("words", "root"),
    [
        (("infusion", "infusions"), "infusion"),
        (("stop", "stops", "stopped", "stopping"), "stop"),
        (("wear", "wears", "wearing"), "wear"),
        (("dose", "doses"), "dose"),
        (("therapy", "therapies"), "therapy"),
        (("infuse", "infused", "infusing"), "infus"),
        (("feel", "feeling"), "feel"),
    ],
)
def test_forms_of_a_word_have_one_stem(words: tuple[str, ...], root: str) -> None:
    assert {stem(w) for w in words} == {root}


@pytest.mark.parametrize("word", ["gas", "bus", "process", "diagnosis", "bring", "bed", "iv"])
def test_an_ending_that_is_no_ending_stays(word: str) -> None:
    assert stem(word) == word


def test_terms_are_the_stems_of_the_words_that_carry_meaning() -> None:
    assert terms("What are the costs 4 my 2 infusions, pls?") == ["cost", "2", "infusion"]
    assert terms("what is it?") == []


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("<script>alert(1)</script> how much is it?", "how much is it?"),
        ("<b>how</b> much <br/>is it?", "how much is it?"),
        ("is bp < 140 > 90 ok", "is bp < 140 > 90 ok"),
    ],
)
def test_html_tags_are_no_words(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_a_y_by_itself_is_a_yes_and_in_a_message_a_why() -> None:
    assert spell_out("Y") == "yes"
    assert spell_out("y is that") == "why is that"
