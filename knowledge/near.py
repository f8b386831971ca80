"""Questions by their nearness to one another: what "tell me more" goes on with, and a question by its id."""

from __future__ import annotations

import numpy as np

from knowledge.index import Index
from knowledge.model import Answer, Clinic, Question
from knowledge.understood import CANDIDATES, Candidate, Understood


def nearest(index: Index, clinic: Clinic, question_id: str) -> list[Candidate]:
    """The other questions that this clinic's patients may ask, the nearest first.

    Nearness is the mean cosine of their phrasings to the mean of this question's.
    Raises KeyError where the catalogue has no such question.
    """
    number = index.number_of[question_id]
    centre = index.centres[number]
    scores = index.centres @ (centre / max(float(np.linalg.norm(centre)), 1e-9))
    return [
        Candidate(index.questions[n], float(scores[n]))
        for n in np.argsort(-scores, kind="stable")
        if n != number and index.questions[n].clinic in (None, clinic.id)
    ]


def meant(index: Index, clinic: Clinic, question_id: str, text: str) -> Understood:
    """A question that the patient picked, or that the catalogue names, as if understood for certain from `text`.

    Raises KeyError as `nearest`.
    """
    question = index.questions[index.number_of[question_id]]
    return Understood(
        text=text,
        question=question,
        confidence=1.0,
        known=True,
        answer=clinic.answer_to(question_id),
        candidates=(Candidate(question, 1.0), *nearest(index, clinic, question_id)[: CANDIDATES - 1]),
        nearest=1.0,
    )


def next_entry(index: Index, clinic: Clinic, question_id: str, given: set[str]) -> tuple[Question, Answer] | None:
    """The nearest question on the same topic whose entry (by id) was not `given` yet, with that entry; or None.

    Raises KeyError as `nearest`.
    """
    topic = index.questions[index.number_of[question_id]].topic
    for candidate in nearest(index, clinic, question_id):
        answer = clinic.answer_to(candidate.question.id)
        if answer and candidate.question.topic == topic and answer.id not in given:
            return candidate.question, answer
    return None
