"""What `faqbot knowledge diff` prints: lines for a person, data for a script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from itertools import groupby
from json import dumps

from knowledge.differences import Change, ClinicDifference, Differences, EntryChange, QuestionsDifference
from knowledge.model import Answer, Knowledge


def as_json(found: Differences) -> str:
    """The differences as JSON; `differs` says whether there are any."""
    data = {"differs": bool(found), **asdict(found)}
    return dumps(data, default=date.isoformat, ensure_ascii=False, indent=1)


def lines(found: Differences, old: Knowledge, new: Knowledge) -> Iterator[str]:
    """The differences clinic by clinic; one line where nothing differs."""
    headings = {q.id: q.heading for knowledge in (old, new) for q in knowledge.all_questions()}
    if not found:
        yield "patients are told the same"
    for clinic in found.clinics:
        yield from _clinic(clinic, headings)
    if found.catalogue:
        yield "questions that all clinics share"
        yield from _questions(found.catalogue)


def _clinic(clinic: ClinicDifference, headings: dict[str, str]) -> Iterator[str]:
    state = " (new clinic)" if clinic.came else " (clinic removed)" if clinic.went else ""
    yield f"{clinic.clinic}: {clinic.name}{state}"
    yield from _changes(clinic.changes, "  ")
    for change in clinic.changed:
        yield from _entry(change)
    for answer in clinic.added:
        yield from _whole("added", "+", answer)
    for answer in clinic.removed:
        yield from _whole("removed", "-", answer)
    yield from _named("now answered", clinic.gained, headings)
    yield from _named("no longer answered", clinic.lost, headings)
    for question, before, after in clinic.moved:
        yield f"  answered by another entry: {question}: '{before}' before, '{after}' now  {headings.get(question, '')}"
    yield from _reviews(clinic.reviews)
    yield from _questions(clinic.questions)


def _entry(change: EntryChange) -> Iterator[str]:
    gone, come = (", ".join(side) or "none" for side in change.figures)
    yield f"  {'figures changed' if any(change.figures) else 'changed'}: {change.new.id} ({change.new.place})"
    if any(change.figures):
        yield f"    figures: {gone} -> {come}"
    yield from _changes(change.changes, "    ")


def _whole(what: str, sign: str, answer: Answer) -> Iterator[str]:
    yield f"  {what}: {answer.id} ({answer.place})"
    yield f"    {sign} text: {answer.text}"
    yield f"    {sign} sms: {answer.sms}"


def _changes(changes: Sequence[Change], indent: str) -> Iterator[str]:
    for change in changes:
        yield f"{indent}- {change.field}: {change.old}"
        yield f"{indent}+ {change.field}: {change.new}"


def _named(what: str, questions: Sequence[tuple[str, str]], headings: dict[str, str]) -> Iterator[str]:
    for question, entry in questions:
        yield f"  {what} (entry '{entry}'): {question}  {headings.get(question, '')}".rstrip()


def _reviews(reviews: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    """One line for all entries whose date changed in the same way."""
    for (old, new), entries in groupby(sorted(reviews, key=_dates), key=_dates):
        yield f"  reviewed {old} -> {new}: {', '.join(sorted(entry for entry, _, _ in entries))}"


def _dates(review: tuple[str, str, str]) -> tuple[str, str]:
    return review[1], review[2]


def _questions(questions: QuestionsDifference) -> Iterator[str]:
    for question in questions.added:
        yield f"  question added: {question.id}  {question.heading}"
    for question in questions.removed:
        yield f"  question removed: {question.id}  {question.heading}"
    for change in questions.changed:
        counts = f"{len(change.phrasings_added)} phrasings added, {len(change.phrasings_removed)} removed"
        yield f"  question changed: {change.id}: {counts}"
        yield from _changes(change.changes, "    ")
