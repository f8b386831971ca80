"""What two states of the FAQ tell patients differently, clinic by clinic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge.figures import figures
from knowledge.model import Answer, Clinic, Knowledge, Question

# What a patient reads of each, or is understood by; the rest is for staff. Review dates are told apart from these.
TOLD_OF_ANSWER = ("text", "sms", "source")
TOLD_OF_CLINIC = ("name", "short_name")
TOLD_OF_QUESTION = ("heading", "clause", "rule", "reason", "topic")


@dataclass(frozen=True)
class Change:
    """A field with another value than before."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class EntryChange:
    """An entry that says something else; `figures` are those that only one of both states, old and new."""

    old: Answer
    new: Answer
    changes: tuple[Change, ...]
    figures: tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class QuestionChange:
    """A question of the catalogue, or a clinic's own, in other words or phrasings than before."""

    id: str
    changes: tuple[Change, ...]
    phrasings_added: tuple[str, ...]
    phrasings_removed: tuple[str, ...]


@dataclass(frozen=True)
class QuestionsDifference:
    """Questions that came, went or changed."""

    added: tuple[Question, ...]
    removed: tuple[Question, ...]
    changed: tuple[QuestionChange, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True)
class ClinicDifference:
    """All that differs for the patients of one clinic.

    `gained` and `lost` are questions with or without an answer now (question, its entry), `moved` those that another
    entry answers (question, old entry, new entry); `reviews` are dates that changed (entry, old, new). `came` and
    `went` tell of the clinic itself.
    """

    clinic: str
    name: str
    came: bool
    went: bool
    changes: tuple[Change, ...]
    changed: tuple[EntryChange, ...]  # those with other figures first
    added: tuple[Answer, ...]
    removed: tuple[Answer, ...]
    gained: tuple[tuple[str, str], ...]
    lost: tuple[tuple[str, str], ...]
    moved: tuple[tuple[str, str, str], ...]
    reviews: tuple[tuple[str, str, str], ...]
    questions: QuestionsDifference

    def __bool__(self) -> bool:
        one = self.came or self.went or self.changes or self.changed or self.added or self.removed
        return bool(one or self.gained or self.lost or self.moved or self.reviews or self.questions)


@dataclass(frozen=True)
class Differences:
    """The clinics that differ, and the catalogue that all share."""

    clinics: tuple[ClinicDifference, ...]
    catalogue: QuestionsDifference

    def __bool__(self) -> bool:
        return bool(self.clinics or self.catalogue)


def differences(old: Knowledge, new: Knowledge) -> Differences:
    """What patients would be told differently by `new` than by `old`; false where nothing differs."""
    before, after = {c.id: c for c in old.clinics}, {c.id: c for c in new.clinics}
    names = sorted({*before, *after})
    both = [(before.get(n) or _emptied(after[n]), after.get(n) or _emptied(before[n])) for n in names]
    found = [_clinic(b, a, came=b.id not in before, went=b.id not in after) for b, a in both]
    return Differences(tuple(d for d in found if d), _questions(old.questions, new.questions))


def _emptied(clinic: Clinic) -> Clinic:
    """A clinic as it is where it is not: it answers nothing."""
    return replace(clinic, answers=(), own_questions=())


def _clinic(old: Clinic, new: Clinic, *, came: bool, went: bool) -> ClinicDifference:
    pairs = _pairs(old.answers, new.answers)
    kept = {before.id: after.id for before, after in pairs}
    before = {q: a.id for a in old.answers for q in a.questions}
    now = {q: a.id for a in new.answers for q in a.questions}
    return ClinicDifference(
        clinic=new.id,
        name=new.name,
        came=came,
        went=went,
        changes=tuple(_changes(old, new, TOLD_OF_CLINIC)),
        changed=tuple(sorted(_changed(pairs), key=_without_figures)),
        added=tuple(a for a in new.answers if a.id not in kept.values()),
        removed=tuple(a for a in old.answers if a.id not in kept),
        gained=tuple((q, entry) for q, entry in now.items() if q not in before),
        lost=tuple((q, entry) for q, entry in before.items() if q not in now),
        moved=tuple((q, e, now[q]) for q, e in before.items() if q in now and kept.get(e) != now[q]),
        reviews=tuple((a.id, f"{b.reviewed}", f"{a.reviewed}") for b, a in pairs if a.reviewed != b.reviewed),
        questions=_questions(old.own_questions, new.own_questions),
    )


def _pairs(before: Sequence[Answer], after: Sequence[Answer]) -> list[tuple[Answer, Answer]]:
    """Each entry with what it has become: the one of its id, else one that says the same under another id."""
    by_id = {a.id: a for a in after}
    pairs = [(b, by_id[b.id]) for b in before if b.id in by_id]
    free = [a for a in after if a.id not in {b.id for b, _ in pairs}]
    for old in before:
        same = next((a for a in free if old.id not in by_id and (a.text, a.sms) == (old.text, old.sms)), None)
        if same:
            free.remove(same)
            pairs.append((old, same))
    return pairs


def _changed(pairs: Sequence[tuple[Answer, Answer]]) -> Iterator[EntryChange]:
    for old, new in pairs:
        changes = tuple(_changes(old, new, TOLD_OF_ANSWER))
        if changes:
            before, after = figures(f"{old.text} {old.sms}"), figures(f"{new.text} {new.sms}")
            gone = tuple(f for f in before if f not in after)
            yield EntryChange(old, new, changes, (gone, tuple(f for f in after if f not in before)))


def _without_figures(change: EntryChange) -> bool:
    return not any(change.figures)


def _questions(old: Sequence[Question], new: Sequence[Question]) -> QuestionsDifference:
    before, after = {q.id: q for q in old}, {q.id: q for q in new}
    both = (_question(q, after[q.id]) for q in old if q.id in after)
    return QuestionsDifference(
        added=tuple(q for q in new if q.id not in before),
        removed=tuple(q for q in old if q.id not in after),
        changed=tuple(c for c in both if c.changes or c.phrasings_added or c.phrasings_removed),
    )


def _question(old: Question, new: Question) -> QuestionChange:
    return QuestionChange(
        id=new.id,
        changes=tuple(_changes(old, new, TOLD_OF_QUESTION)),
        phrasings_added=tuple(p for p in new.phrasings if p not in set(old.phrasings)),
        phrasings_removed=tuple(p for p in old.phrasings if p not in set(new.phrasings)),
    )


def _changes(old: object, new: object, fields: Sequence[str]) -> Iterator[Change]:
    for field in fields:
        before, after = getattr(old, field) or "", getattr(new, field) or ""
        if before != after:
            yield Change(field, before, after)
