"""Reviews that are due again: a reminder for staff, no fault, so that an urgent correction is never held up by them."""

from __future__ import annotations

from datetime import date, timedelta

from knowledge.load import Problem
from knowledge.model import Knowledge

MAX_REVIEW_AGE = timedelta(days=366)


def stale(knowledge: Knowledge, *, today: date) -> list[Problem]:
    """The answers whose review is more than a year old, in file order."""
    due = [
        Problem(
            answer.place,
            f"entry '{answer.id}': reviewed on {answer.reviewed}, more than {MAX_REVIEW_AGE.days} days ago",
            "review the answer and write the new date",
        )
        for clinic in knowledge.clinics
        for answer in clinic.answers
        if today - answer.reviewed > MAX_REVIEW_AGE
    ]
    return sorted(due, key=lambda p: (p.place.file, p.place.line))
