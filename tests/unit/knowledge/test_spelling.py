"""Typos are corrected towards the words of the questions; what anybody knows is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.index import make_speller
from knowledge.load import load
from knowledge.spelling import Speller, english_words, word_counts

TEXTS = [
    "how long does a ketamine infusion take",
    "is ketamine covered by insurance",
    "does ketamine cause nausea",
    "when does the clinic open",
]


@pytest.fixture(scope="module")
def speller() -> Speller:
    """A speller of a few questions."""
    return Speller(word_counts(TEXTS), protected=["Therapeutix of Ashgrovia"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ketmaine", "ketamine"),
        ("ketamin3 infusoin", "ketamin3 infusion"),  # a word with a digit may be a name
        ("insurence", "insurance"),
        ("nausia", "nausea"),
        ("infuzionn", "infusion"),
        ("Is KETAMNE coverd?", "is ketamine covered"),
    ],
)
def test_a_typo_becomes_the_word_of_the_questions(speller: Speller, typed: str, meant: str) -> None:
    assert speller.correct(typed) == meant


@pytest.mark.parametrize(
    "word",
    [
        pytest.param("confusion", id="an English word near a question's"),
        pytest.param("therapeutix", id="a clinic's name"),
        pytest.param("ashgrovia", id="a clinic's name unlike any word"),
        pytest.param("tke", id="a short word has too many neighbours"),
        pytest.param("zolpidemo", id="a word near nothing"),
        pytest.param("don't", id="a contraction"),
        pytest.param("$400", id="a price"),
    ],
)
def test_a_known_or_strange_word_is_left_alone(speller: Speller, word: str) -> None:
    assert speller.correct(word) == word


def test_a_short_typo_is_corrected_by_one_letter_at_most(speller: Speller) -> None:
    assert speller.correct("opeen") == "open"
    assert speller.correct("clixxc") == "clinic"
    assert speller.correct("oxeen") == "oxeen"


def test_shorthand_is_spelt_out_before_words_are_corrected(speller: Speller) -> None:
    assert speller.correct("b4 the infuson") == "before the infusion"


def test_a_single_misspelt_phrasing_is_no_target() -> None:
    speller = Speller(word_counts(["what about insurence", "insurance please"]))
    assert speller.correct("insurenc") == "insurance"
    assert speller.correct("insurence") == "insurance"


def test_a_word_of_three_phrasings_is_known_though_english_does_not_know_it() -> None:
    assert "spravato" not in english_words()
    assert (
        Speller(word_counts(["spravato cost", "is spravato safe", "take spravato"])).correct("spravatto") == "spravato"
    )


@pytest.mark.parametrize("name", ["eliquis", "humana", "memantine", "abilify", "plavix"])
def test_a_name_that_the_faq_does_not_hold_is_not_made_another_word(faq: Path, name: str) -> None:
    """Names of medicines and insurers: "can i take eliquis" is not "can i take liquids"."""
    texts = ("can i drink liquids", "are humans treated", "in the meantime", "ability to drive", "plain water")
    assert make_speller(load(faq), word_counts(texts)).correct(name) == name
