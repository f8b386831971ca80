"""The index in memory: what is indexed, and whose it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import KnowledgeError
from knowledge.index import answer_sentences, build, question_texts
from knowledge.load import load
from knowledge.model import Knowledge
from knowledge.text import spell_out
from tests.conftest import WordEncoder, answer_block, write_clinic


def answer_price(faq: Path, text: str) -> None:
    """Change what `north` answers about the price."""
    write_clinic(faq, "north", {"cost": [answer_block("price", "price", text, text)]})


def test_every_phrasing_and_heading_is_indexed_under_its_question(faq: Path, encoder: WordEncoder) -> None:
    index = build(load(faq), encoder)
    for number, question in enumerate(index.questions):
        texts = question_texts(question)
        assert question.heading in texts
        start = int(index.starts[number])
        assert index.owners[start : start + len(texts)].tolist() == [number] * len(texts)
        vectors = encoder.encode([spell_out(t) for t in texts])
        indexed = np.stack([index.phrasings.reconstruct(start + i) for i in range(len(texts))])
        np.testing.assert_allclose(indexed, vectors, atol=5e-4)  # half precision
        assert index.number_of[question.id] == number
    assert index.phrasings.ntotal == len(index.owners)


def test_the_sentences_of_a_clinics_answers_are_indexed_for_it_alone(faq: Path, encoder: WordEncoder) -> None:
    index = build(load(faq), encoder)
    north, south = index.clinics["north"], index.clinics["south"]
    assert answer_sentences(south) == [(0, "Title of stop"), (0, "Stop eating 4 hours before your infusion.")]
    assert index.answers["south"].faiss.ntotal == 2
    assert index.answers["south"].owners.tolist() == [0, 0]
    assert index.answers["north"].faiss.ntotal == len(answer_sentences(north)) == 6


def test_members_are_rows_of_numbers_filled_with_the_count_of_all(faq: Path, encoder: WordEncoder) -> None:
    index = replace(build(load(faq), encoder), owners=np.array([0, 0, 1, 2, 2, 2]))
    index = replace(index, questions=index.questions[:3])
    assert index.members.tolist() == [[0, 1, 6], [2, 6, 6], [3, 4, 5]]


def test_what_an_earlier_index_made_of_the_phrasings_is_taken_over(faq: Path, encoder: WordEncoder) -> None:
    earlier = build(load(faq), encoder)
    encoder.encoded.clear()
    answer_price(faq, "One infusion costs $450.")
    built = build(load(faq), encoder, earlier=earlier)
    for part in ("owners", "phrasings", "lexical", "classifier", "words", "counted"):
        assert getattr(built, part) is getattr(earlier, part)
    assert "One infusion costs $450." in {a.text for a in built.clinics["north"].answers}
    assert built.clinics != earlier.clinics
    assert not {"how much is it", "price"} & set(encoder.encoded)


def test_the_words_of_a_changed_answer_are_no_typos(faq: Path, encoder: WordEncoder) -> None:
    earlier = build(load(faq), encoder)
    answer_price(faq, "One infusjon, infusjon or infusjon costs $450.")
    assert build(load(faq), encoder, earlier=earlier).speller.correct("infusjon") == "infusjon"
    assert earlier.speller.correct("infusjon") == "infusion"


def test_the_index_names_the_encoder_that_made_it(faq: Path, encoder: WordEncoder) -> None:
    assert build(load(faq), encoder).encoder_fingerprint == "words-1"


def test_a_clinic_without_answers_has_an_empty_index(faq: Path, encoder: WordEncoder) -> None:
    write_clinic(faq, "east", {})
    assert build(load(faq), encoder).answers["east"].faiss.ntotal == 0


def test_content_without_questions_is_refused(encoder: WordEncoder) -> None:
    with pytest.raises(KnowledgeError, match="no questions"):
        build(Knowledge(()), encoder)


def test_the_names_of_clinics_are_no_typos(faq: Path, encoder: WordEncoder) -> None:
    write_clinic(faq, "east", {}, name="Infuzion Therapeutix")
    speller = build(load(faq), encoder).speller
    assert speller.correct("infuzion") == "infuzion"
    assert speller.correct("infusoin") == "infusion"
