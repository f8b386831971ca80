"""From a patient's message to the questions asked, and this clinic's answers to them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.encoder import Encoder
from knowledge.errors import UnknownClinicError
from knowledge.index import Index
from knowledge.model import Answer, Clinic, Question
from knowledge.ranking import Weights, combine, gather
from knowledge.split import split
from knowledge.text import clean, key
from knowledge.thresholds import Thresholds

CANDIDATES = 5


@dataclass(frozen=True)
class Candidate:
    """A question that may have been asked, with its fused score (in standard deviations)."""

    question: Question
    score: float


@dataclass(frozen=True)
class Understood:
    """One question of a message as it was understood.

    `confidence` (0 to 1) is that `question` is what was asked; below the threshold nothing was understood.
    `answer` is the clinic's own, None where its FAQ does not say. `candidates` are the best, `question` first.
    """

    text: str
    question: Question
    confidence: float
    known: bool
    answer: Answer | None
    candidates: tuple[Candidate, ...]
    nearest: float


class Search:
    """Finds questions and answers for the clinics of one index. Safe to share between threads."""

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        *,
        weights: Weights | None = None,
        thresholds: Thresholds | None = None,
    ) -> None:
        self.index = index
        self._encoder = encoder
        self._weights = weights or Weights()
        self._thresholds = thresholds or Thresholds.load()
        self._exact = {key(t): q for q in index.questions for t in (q.heading, *q.phrasings)}
        self._allowed = {clinic: self._allowed_for(clinic) for clinic in index.clinics}

    def clinic(self, clinic_id: str) -> Clinic:
        """The clinic by its id. Raises UnknownClinicError."""
        try:
            return self.index.clinics[clinic_id]
        except KeyError:
            known = ", ".join(sorted(self.index.clinics))
            raise UnknownClinicError(f"no clinic '{clinic_id}'; known: {known}") from None

    def understand(self, text: str, clinic_id: str) -> list[Understood]:
        """The questions of a message, in the order asked, each once; the first is there always.

        A part that was not understood is kept only where nothing of the message was.
        """
        clinic = self.clinic(clinic_id)
        whole = self._one(text, clinic)
        parts = split(clean(text))
        if len(parts) < 2:
            return [whole if not parts else self._better(whole, parts[0], clinic)]
        found = [self._one(part, clinic) for part in parts]
        distinct = {u.question.id: u for u in reversed(found) if u.known}
        ordered = [u for u in found if u.known and distinct[u.question.id] is u]
        return ordered or [whole]

    def _better(self, whole: Understood, part: str, clinic: Clinic) -> Understood:
        """The only question of a message, read with or without the rest of the message: the surer of both."""
        if key(part) == key(whole.text):
            return whole
        alone = self._one(part, clinic)
        return alone if alone.confidence > whole.confidence else whole

    def _one(self, text: str, clinic: Clinic) -> Understood:
        prepared = self.index.speller.correct(clean(text))
        exact = self._exact.get(key(text)) or self._exact.get(prepared)
        vector = self._encoder.encode([prepared])[0]
        evidence = gather(self.index, clinic, prepared, vector)
        allowed = self._allowed[clinic.id]
        scores = combine(evidence, self._weights, allowed)
        best = np.argsort(-scores)[:CANDIDATES]
        if exact and allowed[self.index.number_of[exact.id]]:
            number = self.index.number_of[exact.id]
            best = np.array([number, *[b for b in best if b != number][: CANDIDATES - 1]])
            confidence = 1.0
        else:
            margin = float(scores[best[0]] - scores[best[1]]) if len(best) > 1 else 0.0
            confidence = self._thresholds.confidence(
                nearest=float(evidence.nearest[best[0]]), margin=margin, score=float(scores[best[0]])
            )
        question = self.index.questions[int(best[0])]
        return Understood(
            text=text,
            question=question,
            confidence=confidence,
            known=confidence >= self._thresholds.understood,
            answer=clinic.answer_to(question.id),
            candidates=tuple(Candidate(self.index.questions[int(b)], _finite(scores[b])) for b in best),
            nearest=float(evidence.nearest[best[0]]),
        )

    def _allowed_for(self, clinic_id: str) -> npt.NDArray[np.bool_]:
        return np.array([q.clinic in (None, clinic_id) for q in self.index.questions])


def _finite(value: float) -> float:
    return float(value) if math.isfinite(value) else -99.0
