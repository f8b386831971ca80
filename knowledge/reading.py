"""What one text says of every question of the catalogue: all evidence for it, gathered once and kept for a while."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.encoder import Encoder
from knowledge.index import Index
from knowledge.model import OFF_TOPIC, Clinic, Question
from knowledge.ranking import Weights, combine, gather
from knowledge.recent import Recent, RecentEncoder
from knowledge.text import clean, key, terms


@dataclass(frozen=True)
class Reading:
    """What a text says of every question: fused scores, nearest cosines, and the question it phrases exactly."""

    scores: npt.NDArray[np.float32]
    nearest: npt.NDArray[np.float32]
    learned: npt.NDArray[np.float32]
    first: tuple[int, ...]  # the question that each single ranking puts first
    on_topic: tuple[float, float]  # the best question on the topic less the best off it, by classifier and by words
    exact: Question | None
    familiar: bool  # any of its words is known to the catalogue: what says nothing means nothing


class Reader:
    """Reads texts over one index; the last ones it knows. Safe to share between threads."""

    def __init__(
        self, index: Index, encoder: Encoder, weights: Weights, allowed: Mapping[str, npt.NDArray[np.bool_]]
    ) -> None:
        """`allowed` holds for each clinic (id) which questions may be meant there."""
        self._index = index
        self._encoder = encoder if isinstance(encoder, RecentEncoder) else RecentEncoder(encoder)
        self._weights = weights
        self._allowed = allowed
        self._exact = {key(t): q for q in index.questions for t in (q.heading, *q.phrasings)}
        self._vocabulary = index.lexical.vocabulary
        off_topic = np.array([q.topic == OFF_TOPIC for q in index.questions])
        self._off, self._on = np.flatnonzero(off_topic), np.flatnonzero(~off_topic)
        self._readings: Recent[tuple[str, str], Reading] = Recent()

    def prepared(self, text: str) -> str:
        """A text as it is compared and encoded: spelt right."""
        return self._index.speller.correct(clean(text))

    def encode(self, texts: Iterable[str]) -> None:
        """Have texts that will be read encoded in one pass."""
        self._encoder.encode([self.prepared(text) for text in texts])  # it remembers them

    def read(self, text: str, clinic: Clinic) -> Reading:
        """All evidence for one text; a message's parts and the question before it come again."""
        return self._readings.made((text, clinic.id), lambda: self._evidence(text, clinic))

    def _evidence(self, text: str, clinic: Clinic) -> Reading:
        prepared = self.prepared(text)
        vector = self._encoder.encode([prepared])[0]
        evidence = gather(self._index, clinic, prepared, vector)
        allowed = self._allowed[clinic.id]
        single = (evidence.mean_of_three, evidence.classifier, evidence.words)
        return Reading(
            scores=combine(evidence, self._weights, allowed),
            nearest=evidence.nearest,
            learned=np.exp(evidence.classifier),
            on_topic=(self._lead(evidence.classifier), self._lead(evidence.words)),
            first=tuple(int(np.where(allowed, s, -np.inf).argmax()) for s in single),
            exact=self._exact.get(key(text)) or self._exact.get(prepared),
            familiar=not self._vocabulary.isdisjoint(terms(prepared)),
        )

    def _lead(self, scores: npt.NDArray[np.float32]) -> float:
        """How far the best question on the topic is ahead of the best off-topic one; 0 where there are none."""
        if not len(self._off) or not len(self._on):
            return 0.0
        return float(scores[self._on].max() - scores[self._off].max())
