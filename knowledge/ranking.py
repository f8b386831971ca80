"""Which question was asked: the rankings of all questions, standardised and summed.

Why a sum of standardised scores: on held-out questions of two clinics it found 91 and 93 % where the best
single ranking found 88 and 91 % (a trial on two clinics before this project's own catalogue).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.coarse import largest
from knowledge.encoder import Vectors
from knowledge.index import Index
from knowledge.model import Clinic
from knowledge.vectors import cosines

Scores = npt.NDArray[np.float32]

ANSWER_CAP = 4.0  # deviations: where few questions are answered, one matching sentence must not decide alone
MEANT = 3  # nearest phrasings of a question whose mean counts
SAME = 1e-6  # a deviation below that is rounding
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
    answered: float = 1.0  # a prior: what a clinic's FAQ answers is what its patients ask most


@dataclass(frozen=True)
class Evidence:
    """The raw scores of every question, each of shape (questions,)."""

    nearest: Scores
    mean_of_three: Scores
    classifier: Scores
    lexical: Scores
    words: Scores
    answers: Scores
    answered: Scores  # 1 where this clinic answers the question, else 0
    trust: float = 1.0  # in the words: the share of the phrasings that it takes to judge by them


def gather(index: Index, clinic: Clinic, text: str, vector: Vectors) -> Evidence:
    """The evidence for a patient's (cleaned and corrected) text with its unit vector."""
    nearest, mean = _dense(index, vector)
    answered = np.zeros(len(index.questions), dtype=np.float32)
    answered[index.answered(clinic)[0]] = 1.0
    lexical = np.maximum.reduceat(index.lexical.scores(text), index.starts)
    return Evidence(
        nearest=nearest,
        mean_of_three=mean,
        classifier=index.classifier.log_probabilities(vector),
        lexical=np.asarray(lexical, dtype=np.float32),
        words=index.words.log_likelihoods(text),
        answers=_answers(index, clinic, vector),
        answered=answered,
        trust=min(1.0, len(index.owners) / len(index.questions) / ENOUGH_PHRASINGS),
    )


def combine(evidence: Evidence, weights: Weights, allowed: npt.NDArray[np.bool_]) -> Scores:
    """The weighted sum of the standardised rankings over the `allowed` questions; -inf for the others."""
    rankings = np.stack(
        (
            evidence.nearest,
            evidence.mean_of_three,
            evidence.classifier,
            evidence.lexical,
            evidence.words,
            evidence.answers,
        )
    )
    rankings = standardise(rankings, allowed)
    np.minimum(rankings[-1], ANSWER_CAP, out=rankings[-1])
    by_words = evidence.trust
    shares = (
        weights.nearest,
        weights.mean_of_three,
        weights.classifier,
        weights.lexical * by_words,
        weights.words * by_words,
        weights.answers,
    )
    total = np.asarray(shares, dtype=np.float32) @ rankings + np.float32(weights.answered) * evidence.answered
    return np.asarray(np.where(allowed, total, np.float32(-np.inf)), dtype=np.float32)


def probabilities(scores: Scores) -> Scores:
    """How likely each question is the one asked, if one of the catalogue is: the softmax of the fused scores.

    The weights are fitted as those of a conditional logit (docs/decisions.md), so the sum of the rankings is a logit.
    """
    odds = np.exp(scores - scores.max())
    return np.asarray(odds / odds.sum(), dtype=np.float32)


def mass_of(number: int, chances: npt.NDArray[np.float32], index: Index, clinic: Clinic) -> float:
    """How likely question `number`, or one that the clinic answers with the same words, is the one asked."""
    answer = clinic.answer_to(index.questions[number].id)
    alike = {index.number_of[q] for q in answer.questions} if answer else {number}
    return float(sum(chances[n] for n in alike))


def standardise(rankings: Scores, allowed: npt.NDArray[np.bool_]) -> Scores:
    """Each row with zero mean and unit deviation over the allowed questions; zeros where all in it are alike."""
    counted = allowed.astype(np.float32)
    count = np.float32(np.count_nonzero(allowed))
    apart = rankings - (rankings @ counted / count)[:, None]
    spread = np.sqrt(np.square(apart) @ counted / count)
    factor = np.divide(np.float32(1), spread, out=np.zeros_like(spread), where=spread >= SAME)
    return np.asarray(apart * factor[:, None], dtype=np.float32)


def _dense(index: Index, vector: Vectors) -> tuple[Scores, Scores]:
    """Per question the cosine of the nearest phrasing, and the mean cosine of its three nearest."""
    if index.coarse is not None:
        best = index.coarse.nearest(index.phrasings, vector, MEANT)
    else:
        each = np.append(cosines(index.phrasings, vector), np.float32(-np.inf))[index.members]
        best = largest(each, MEANT).T
    for place in range(1, MEANT):  # a question of fewer phrasings: its last one counts again
        best[place] = np.where(np.isfinite(best[place]), best[place], best[place - 1])
    return best[0], np.add.reduce(best) / np.float32(MEANT)


def _answers(index: Index, clinic: Clinic, vector: Vectors) -> Scores:
    """Per question the cosine of the nearest sentence of this clinic's answer to it; the floor where none."""
    sentences = index.answers[clinic.id]
    if not sentences.faiss.ntotal:
        return np.zeros(len(index.questions), dtype=np.float32)
    per_answer = np.maximum.reduceat(cosines(sentences.faiss, vector), sentences.starts)
    out = np.full(len(index.questions), _median(per_answer), dtype=np.float32)
    questions, answers = index.answered(clinic)
    out[questions] = per_answer[answers]
    return out


def _median(values: Scores) -> float:
    """As numpy.median, in a tenth of its time for some hundred numbers."""
    ordered = np.sort(values)
    return float((ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2)
