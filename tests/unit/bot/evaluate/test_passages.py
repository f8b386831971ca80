"""The naive baselines: passages of a page."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.evaluate import passages as naive
from knowledge.encoder import Encoder


@dataclass(frozen=True)
class Row:
    """A message to a clinic."""

    clinic: str
    text: str


PAGES = {
    "north": "stop eating six hours before wear short sleeves always one infusion costs money",
    "south": "stop eating four hours before parking behind the house",
}


def test_passages_hold_every_word_once_and_in_order() -> None:
    text = " ".join(map(str, range(250)))
    parts = naive.passages(text)
    assert [len(p.split()) for p in parts] == [120, 120, 10]
    assert " ".join(parts) == text


def test_a_page_without_words_has_no_passages() -> None:
    assert naive.passages(" \n ") == []


def test_a_passage_needs_words() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        naive.passages("a b", 0)


def test_bm25_finds_the_passage_of_the_rows_own_clinic() -> None:
    rows = [Row("north", "when do i stop eating"), Row("south", "when do i stop eating")]
    found = naive.bm25(PAGES, rows, 1, words=5)
    assert found == [["stop eating six hours before"], ["stop eating four hours before"]]


def test_bm25_leaves_out_passages_without_a_shared_word() -> None:
    assert naive.bm25(PAGES, [Row("south", "parking"), Row("south", "zebra")], 5, words=5) == [
        ["parking behind the house"],
        [],
    ]


def test_the_encoder_ranks_all_passages_of_the_page(encoder: Encoder) -> None:
    (found,) = naive.encoder(PAGES, [Row("north", "do i wear short sleeves")], encoder, 9, words=5)
    assert found[0] == "wear short sleeves always one"
    assert sorted(found) == sorted(naive.passages(PAGES["north"], 5))


def test_a_clinic_without_a_page_is_an_error(encoder: Encoder) -> None:
    with pytest.raises(KeyError, match="east"):
        naive.encoder(PAGES, [Row("east", "hello")], encoder, 1)
