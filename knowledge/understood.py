"""What the search makes of a message: the question understood, how surely, and this clinic's answer to it."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.model import OFF_TOPIC, Answer, Question
from knowledge.thresholds import Features

CANDIDATES = 5  # that are kept of a message, the question understood among them


@dataclass(frozen=True)
class Candidate:
    """A question that may have been asked, with its fused score (in standard deviations)."""

    question: Question
    score: float


@dataclass(frozen=True)
class Other:
    """A question that may be meant as well, and this clinic's answer to it."""

    question: Question
    answer: Answer


@dataclass(frozen=True)
class Understood:
    """One question of a message as it was understood.

    `confidence` (0 to 1) is that `question` is what was asked; below the threshold nothing was understood.
    `answer` is the clinic's own, None where its FAQ does not say. `candidates` are the best, `question` first;
    `features` is what the confidence rests on, None for a phrasing word for word. `rivals` are the likeliest
    questions to ask back where none was understood and yet some are plausible. Where it is not `sure`, the answer
    should say which question it takes for asked. `other` is a question that may be meant as well and has an answer of
    its own: where both have room both are told. `lost` are parts of the same message that ask something and were not
    understood; the first question that was carries them.
    """

    text: str
    question: Question
    confidence: float
    known: bool
    answer: Answer | None
    candidates: tuple[Candidate, ...]
    nearest: float
    features: Features | None = None
    rivals: tuple[Question, ...] = ()
    sure: bool = True
    other: Other | None = None
    lost: tuple[str, ...] = ()

    @property
    def off_topic(self) -> bool:
        """Whether the question is about something else altogether."""
        return self.question.topic == OFF_TOPIC
