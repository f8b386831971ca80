"""The content that both systems are made from: a sample of the catalogue, and the clinics' answers to it.

All phrasings of the catalogue would keep the stock pipeline training for hours. Both get the same sample instead.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import yaml

from knowledge.load import CLAUSE, CLINIC_FIELDS
from knowledge.markdown import Section, render
from knowledge.model import Answer, Clinic, Knowledge, Question
from knowledge.text import key


def sampled(knowledge: Knowledge, *, phrasings: int, questions: int | None = None, seed: int = 1) -> Knowledge:
    """`knowledge` with at most `phrasings` phrasings of a question, and at most `questions` questions (None: all).

    Answers to questions that are left out go with them. The same arguments give the same sample.
    """
    kept = _some(knowledge.questions, questions, seed)
    catalogue = tuple(_fewer(q, phrasings, seed) for q in kept)
    known = {q.id for q in catalogue}
    return Knowledge(catalogue, tuple(_clinic(c, known, phrasings, seed) for c in knowledge.clinics))


def write(knowledge: Knowledge, root: Path) -> None:
    """Write the content as a knowledge folder, in the form that `knowledge.load` reads."""
    _write_questions(knowledge.questions, root / "questions")
    for clinic in knowledge.clinics:
        folder = root / "clinics" / clinic.id
        folder.mkdir(parents=True)
        fields = {name: getattr(clinic, name) for name in CLINIC_FIELDS}
        fields["notes"] = list(clinic.notes)
        (folder / "clinic.yml").write_text(yaml.safe_dump(fields, allow_unicode=True), encoding="utf-8")
        for topic, answers in groupby(sorted(clinic.answers, key=_topic), key=_topic):
            meta = {"clinic": clinic.id, "topic": topic}
            text = render(meta, [_answer_section(a) for a in answers], fields_first=True)
            (folder / f"{topic}.md").write_text(text, encoding="utf-8")
        _write_questions(clinic.own_questions, folder / "questions")


def _some(questions: Sequence[Question], number: int | None, seed: int) -> Sequence[Question]:
    """That many of the questions, in their order."""
    if number is None or number >= len(questions):
        return questions
    chosen = random.Random(f"questions {seed}").sample(range(len(questions)), number)
    return [questions[i] for i in sorted(chosen)]


def _fewer(question: Question, number: int, seed: int) -> Question:
    """The question with that many of its phrasings, in their order: no two that the check counts as one."""
    if number >= len(question.phrasings):
        return question
    first: dict[str, int] = {}
    for i, phrasing in enumerate(question.phrasings):
        first.setdefault(key(phrasing), i)
    distinct = list(first.values())
    chosen = random.Random(f"{seed} {question.id}").sample(distinct, min(number, len(distinct)))
    return replace(question, phrasings=tuple(question.phrasings[i] for i in sorted(chosen)))


def _clinic(clinic: Clinic, known: set[str], phrasings: int, seed: int) -> Clinic:
    own = tuple(_fewer(q, phrasings, seed) for q in clinic.own_questions)
    known = known | {q.id for q in own}
    answers = [replace(a, questions=tuple(q for q in a.questions if q in known)) for a in clinic.answers]
    return replace(clinic, own_questions=own, answers=tuple(a for a in answers if a.questions))


def _write_questions(questions: Iterable[Question], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for topic, found in groupby(sorted(questions, key=_topic), key=_topic):
        text = render({"topic": topic}, [_question_section(q) for q in found], fields_first=False)
        (folder / f"{topic}.md").write_text(text, encoding="utf-8")


def _question_section(question: Question) -> Section:
    bullets = [(0, phrasing) for phrasing in question.phrasings]
    return Section(question.heading, question.id, 0, bullets, [(0, f"{CLAUSE} {question.clause}")])


def _answer_section(answer: Answer) -> Section:
    fields = {
        "questions": ", ".join(answer.questions),
        "source": answer.source,
        "reviewed": answer.reviewed.isoformat(),
        "reviewer": answer.reviewer,
        "sms": answer.sms,
    }
    return Section(answer.title, answer.id, 0, [(0, f"{k}: {v}") for k, v in fields.items()], [(0, answer.text)])


def _topic(item: Question | Answer) -> str:
    return item.topic
