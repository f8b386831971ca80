"""Questions by their nearness to one another: what "tell me more" goes on with, and a question by its id."""

from __future__ import annotations

import numpy as np

from knowledge.index import Index
from knowledge.model import Answer, Clinic, Question
from knowledge.search import CANDIDATES, Candidate, Understood


def nearest(index: Index, clinic: Clinic, question_id: str) -> list[Candidate]:
    """The other questions that this clinic's patients may ask, the nearest first.

    Nearness is the mean cosine of their phrasings to the mean of this question's.
    Raises KeyError where the catalogue has no such question.
    """
    number = index.number_of[question_id]
    ends = np.append(index.starts[1:], index.phrasings.ntotal)
    start, end = int(index.starts[number]), int(ends[number])
    mean = index.phrasings.reconstruct_n(start, end - start).mean(axis=0)
    mean /= max(float(np.linalg.norm(mean)), 1e-9)
    cosines, order = index.phrasings.search(mean[None, :], index.phrasings.ntotal)
    by_phrasing = np.empty(index.phrasings.ntotal, dtype=np.float32)
    by_phrasing[order[0]] = cosines[0]
    scores = np.add.reduceat(by_phrasing, index.starts) / (ends - index.starts)
    return [
        Candidate(index.questions[n], float(scores[n]))
        for n in np.argsort(-scores, kind="stable")
        if n != number and index.questions[n].clinic in (None, clinic.id)
    ]


def meant(index: Index, clinic: Clinic, question_id: str, text: str) -> Understood:
    """A question that the patient picked, as if understood for certain from `text`. Raises KeyError as `nearest`."""
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
