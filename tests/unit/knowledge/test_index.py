"""The index in memory: what is indexed, and whose it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.classifier import QuestionClassifier
from knowledge.errors import KnowledgeError
from knowledge.index import answer_sentences, build, question_texts
from knowledge.load import load
from knowledge.model import Knowledge
from knowledge.text import spell_out
from tests.conftest import WordEncoder, write_clinic


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


def test_a_classifier_that_is_handed_in_is_used(faq: Path, encoder: WordEncoder) -> None:
    given = QuestionClassifier(np.zeros((3, 384), dtype=np.float32), np.zeros(3, dtype=np.float32))
    assert build(load(faq), encoder, classifier=given).classifier is given


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
