"""The index over the content: made in memory from content and encoder, kept on disk by `knowledge.store`.

Four kinds of evidence which question is asked stand over the phrasings (vectors in FAISS, BM25, a classifier
over the vectors, one over the words), one over the sentences of each clinic's answers (vectors in FAISS).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import faiss
import numpy as np
import numpy.typing as npt

from knowledge.classifier import QuestionClassifier
from knowledge.coarse import CoarseNearest
from knowledge.coarse import build as build_coarse
from knowledge.encoder import Encoder, Vectors
from knowledge.errors import KnowledgeError
from knowledge.lexical import LexicalIndex
from knowledge.model import Clinic, Knowledge, Question
from knowledge.spelling import Speller, protected_names, word_counts
from knowledge.text import spell_out
from knowledge.vectors import EXACT_MOST, WHOLE_MOST, make, one_cell, whole
from knowledge.words import WordClassifier

Numbers = npt.NDArray[np.int64]
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True)
class AnswerIndex:
    """FAISS over the sentences of one clinic's answers; `owners[i]` is the answer that sentence i is from, rising."""

    faiss: faiss.Index
    owners: Numbers

    @cached_property
    def starts(self) -> Numbers:
        """Where each answer's sentences begin."""
        return np.flatnonzero(np.diff(self.owners, prepend=-1))


@dataclass(frozen=True)
class Index:
    """Everything that the search needs, for all clinics."""

    knowledge: Knowledge
    questions: tuple[Question, ...]
    owners: Numbers  # question number of each phrasing, rising
    phrasings: faiss.Index
    lexical: LexicalIndex
    classifier: QuestionClassifier
    words: WordClassifier
    answers: dict[str, AnswerIndex]
    encoder_fingerprint: str
    counted: Mapping[str, int] = field(repr=False)  # the words of the phrasings (`spelling.word_counts`)
    speller: Speller = field(repr=False)
    coarse: CoarseNearest | None = field(default=None, repr=False)  # of the phrasings, where they are many

    @cached_property
    def clinics(self) -> dict[str, Clinic]:
        """The clinics by id."""
        return {c.id: c for c in self.knowledge.clinics}

    @cached_property
    def number_of(self) -> dict[str, int]:
        """The number of each question by its id."""
        return {q.id: i for i, q in enumerate(self.questions)}

    @cached_property
    def starts(self) -> Numbers:
        """Where each question's phrasings begin."""
        return np.searchsorted(self.owners, np.arange(len(self.questions)))

    @cached_property
    def members(self) -> Numbers:
        """The phrasings of each question, a row a question; short rows end in the number that no phrasing has."""
        ends = np.append(self.starts[1:], len(self.owners))
        columns = self.starts[:, None] + np.arange(int((ends - self.starts).max()))
        return np.asarray(np.where(columns < ends[:, None], columns, len(self.owners)), dtype=np.int64)

    @cached_property
    def centres(self) -> Vectors:
        """The mean vector of each question's phrasings, shape (questions, dimensions)."""
        stored = self.phrasings.reconstruct_n(0, self.phrasings.ntotal)
        counts = np.diff(np.append(self.starts, len(self.owners)))
        return np.asarray(np.add.reduceat(stored, self.starts) / counts[:, None], dtype=np.float32)

    def answered(self, clinic: Clinic) -> tuple[Numbers, Numbers]:
        """Each question that the clinic answers, and the number of its answer: two rows of numbers."""
        if clinic.id not in self._answered:
            pairs = [(self.number_of[q], n) for n, answer in enumerate(clinic.answers) for q in answer.questions]
            table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
            self._answered[clinic.id] = (table[:, 0], table[:, 1])
        return self._answered[clinic.id]

    @cached_property
    def _answered(self) -> dict[str, tuple[Numbers, Numbers]]:
        return {}


def question_texts(question: Question) -> list[str]:
    """What is indexed for a question: its phrasings and its heading."""
    return [*question.phrasings, question.heading]


def phrasings(questions: Sequence[Question]) -> tuple[list[str], Numbers]:
    """All that is indexed for the questions, shorthand spelt out, and the number of the question of each text."""
    pairs = [(number, text) for number, q in enumerate(questions) for text in question_texts(q)]
    return [spell_out(text) for _, text in pairs], np.array([number for number, _ in pairs], dtype=np.int64)


def answer_sentences(clinic: Clinic) -> list[tuple[int, str]]:
    """(number of the answer, sentence) over a clinic's answers; the title counts as a sentence."""
    return [
        (number, sentence)
        for number, answer in enumerate(clinic.answers)
        for sentence in [answer.title, *_SENTENCE_END.split(answer.text)]
        if sentence
    ]


def make_speller(knowledge: Knowledge, counts: Mapping[str, int]) -> Speller:
    """The spelling correction for this content; `counts` are the words of its phrasings and answers."""
    return Speller(counts, protected=[*protected_names(), *(c.name for c in knowledge.clinics)])


def _counts(knowledge: Knowledge, counted: Mapping[str, int]) -> dict[str, int]:
    """The words of the phrasings, which were `counted`, and of the answers."""
    return Counter(counted) + Counter(word_counts(a.text for c in knowledge.clinics for a in c.answers))


def build(knowledge: Knowledge, encoder: Encoder, *, earlier: Index | None = None) -> Index:
    """Index the content. `earlier` is an index of the same phrasings by the same encoder: what is made of them stays.

    Raises KnowledgeError where there is nothing to index.
    """
    questions = knowledge.all_questions()
    if not questions:
        raise KnowledgeError("the knowledge holds no questions; see knowledge/questions/")
    answers = {clinic.id: _answer_index(clinic, encoder) for clinic in knowledge.clinics}
    if earlier is not None:
        speller = make_speller(knowledge, _counts(knowledge, earlier.counted))
        return replace(earlier, knowledge=knowledge, questions=questions, answers=answers, speller=speller)
    texts, owners = phrasings(questions)
    as_written = [text for q in questions for text in question_texts(q)]
    vectors, counted = encoder.encode(texts), word_counts(as_written)
    many = WHOLE_MOST < len(vectors) <= EXACT_MOST
    coarse = CoarseNearest(build_coarse(vectors, owners), owners) if many else None
    return Index(
        knowledge=knowledge,
        questions=questions,
        owners=owners,
        phrasings=whole(vectors) if len(vectors) <= WHOLE_MOST else make(vectors),
        lexical=LexicalIndex.build(as_written),
        classifier=QuestionClassifier.train(vectors, owners, len(questions)),
        words=WordClassifier.train(texts, owners, len(questions)),
        answers=answers,
        encoder_fingerprint=encoder.fingerprint,
        counted=counted,
        speller=make_speller(knowledge, _counts(knowledge, counted)),
        coarse=coarse,
    )


def _answer_index(clinic: Clinic, encoder: Encoder) -> AnswerIndex:
    sentences = answer_sentences(clinic)
    vectors = encoder.encode([spell_out(text) for _, text in sentences])
    return AnswerIndex(one_cell(vectors), np.array([number for number, _ in sentences], dtype=np.int64))
