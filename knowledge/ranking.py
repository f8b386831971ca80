"""Which question was asked: the rankings of all questions, standardised and summed.

Why a sum of standardised scores: on held-out questions of two clinics it found 91 and 93 % where the best
single ranking found 88 and 91 % (shared trial, see docs/decisions.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.encoder import Vectors
from knowledge.index import Index
from knowledge.model import Clinic

Scores = npt.NDArray[np.float32]

ANSWER_CAP = 4.0  # deviations: where few questions are answered, one matching sentence must not decide alone
ENOUGH_PHRASINGS = 15  # a question, as the catalogue asks for: with fewer, words say less


@dataclass(frozen=True)
class Weights:
    """How much each standardised ranking counts."""

    nearest: float = 0.4
    mean_of_three: float = 0.25
    classifier: float = 1.6
    lexical: float = 0.4
    words: float = 0.65
    answers: float = 0.4


@dataclass(frozen=True)
class Evidence:
    """The raw scores of every question, each of shape (questions,)."""

    nearest: Scores
    mean_of_three: Scores
    classifier: Scores
    lexical: Scores
    words: Scores
    answers: Scores
    trust: float = 1.0  # in the words: the share of the phrasings that it takes to judge by them


def gather(index: Index, clinic: Clinic, text: str, vector: Vectors) -> Evidence:
    """The evidence for a patient's (cleaned and corrected) text with its unit vector."""
    nearest, mean = _dense(index, vector)
    lexical = np.maximum.reduceat(index.lexical.scores(text), index.starts)
    return Evidence(
        nearest=nearest,
        mean_of_three=mean,
        classifier=index.classifier.log_probabilities(vector),
        lexical=np.asarray(lexical, dtype=np.float32),
        words=index.words.log_likelihoods(text),
        answers=_answers(index, clinic, vector),
        trust=min(1.0, len(index.owners) / len(index.questions) / ENOUGH_PHRASINGS),
    )


def combine(evidence: Evidence, weights: Weights, allowed: npt.NDArray[np.bool_]) -> Scores:
    """The weighted sum of the standardised rankings over the `allowed` questions; -inf for the others."""
    total = np.zeros_like(evidence.nearest)
    for scores, weight in (
        (evidence.nearest, weights.nearest),
        (evidence.mean_of_three, weights.mean_of_three),
        (evidence.classifier, weights.classifier),
        (evidence.lexical, weights.lexical * evidence.trust),
        (evidence.words, weights.words * evidence.trust),
    ):
        if weight:
            total += weight * standardise(scores, allowed)
    total += weights.answers * np.minimum(standardise(evidence.answers, allowed), ANSWER_CAP)
    total[~allowed] = -np.inf
    return total


def standardise(scores: Scores, allowed: npt.NDArray[np.bool_]) -> Scores:
    """Zero mean and unit deviation over the allowed questions; zeros where all are alike."""
    kept = scores[allowed]
    spread = float(kept.std())
    if spread < 1e-6:
        return np.zeros_like(scores)
    return np.asarray((scores - kept.mean()) / spread, dtype=np.float32)


def _dense(index: Index, vector: Vectors) -> tuple[Scores, Scores]:
    """Per question the cosine of the nearest phrasing, and the mean cosine of its three nearest."""
    cosines, numbers = index.phrasings.search(vector[None, :], index.phrasings.ntotal)
    by_phrasing = np.empty(index.phrasings.ntotal, dtype=np.float32)
    by_phrasing[numbers[0]] = cosines[0]
    order = np.lexsort((-by_phrasing, index.owners))  # within each question the nearest first
    ends = np.append(index.starts[1:], index.phrasings.ntotal) - 1
    picks = np.minimum(index.starts[:, None] + np.arange(3), ends[:, None])
    best = by_phrasing[order[picks]]
    return best[:, 0], best.mean(axis=1)


def _answers(index: Index, clinic: Clinic, vector: Vectors) -> Scores:
    """Per question the cosine of the nearest sentence of this clinic's answer to it; the floor where none."""
    sentences = index.answers[clinic.id]
    out = np.zeros(len(index.questions), dtype=np.float32)
    if not sentences.faiss.ntotal:
        return out
    cosines, numbers = sentences.faiss.search(vector[None, :], sentences.faiss.ntotal)
    per_answer = np.full(len(clinic.answers), -1.0, dtype=np.float32)
    np.maximum.at(per_answer, sentences.owners[numbers[0]], cosines[0])
    out[:] = float(np.median(per_answer))
    for answer, score in zip(clinic.answers, per_answer, strict=True):
        for question in answer.questions:
            out[index.number_of[question]] = score
    return out
