"""The lists that `faqbot knowledge list` prints."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.model import TOPICS, Clinic, Knowledge


def entries(clinic: Clinic) -> Iterator[str]:
    """A clinic's entries: id, title, and where to edit it."""
    yield f"{clinic.id}: {clinic.name}, {len(clinic.answers)} entries"
    for answer in clinic.answers:
        yield f"  {answer.id:36} {answer.title}  ({answer.place}, reviewed {answer.reviewed})"


def open_questions(knowledge: Knowledge, clinic: Clinic) -> Iterator[str]:
    """The questions of the catalogue that a clinic does not answer, by topic."""
    answered = {q for a in clinic.answers for q in a.questions}
    asked = [q for q in knowledge.questions if q.topic in TOPICS]
    open_ = [q for q in asked if q.id not in answered]
    yield f"{clinic.id}: {len(open_)} of {len(asked)} questions are open"
    for topic, title in TOPICS.items():
        of_topic = [q for q in open_ if q.topic == topic]
        if of_topic:
            yield f"  {title}"
        for question in of_topic:
            yield f"    {question.id:36} {question.heading}"


def catalogue(knowledge: Knowledge) -> Iterator[str]:
    """All questions with the number of their phrasings and of the clinics that answer them."""
    for question in knowledge.all_questions():
        answering = sum(clinic.answer_to(question.id) is not None for clinic in knowledge.clinics)
        yield (
            f"{question.topic:16} {question.id:36} {len(question.phrasings):3} phrasings, answered by "
            f"{answering}  {question.heading}"
        )
