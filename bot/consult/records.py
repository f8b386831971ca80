"""Stored requests as staff see them, opened from their sealed rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.consult.keys import Keyring
from bot.consult.model import ConsultRequest
from bot.consult.sealing import request_of
from bot.consult.tables import NOTES, SUBMISSIONS


@dataclass(frozen=True)
class Note:
    """What staff wrote about a request."""

    author: str
    at: datetime
    text: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class StoredRequest:
    """A request in the queue. `submissions` are what the patient sent, oldest first: one, or more within a day."""

    public_id: str
    clinic: str
    channel: str
    status: str
    urgent: bool
    assignee: str | None
    created_at: datetime
    updated_at: datetime
    due_at: datetime
    contacted_at: datetime | None
    closed_at: datetime | None
    submissions: tuple[ConsultRequest, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def latest(self) -> ConsultRequest:
        """What the patient sent last: the contact to use."""
        return self.submissions[-1]

    def overdue(self, now: datetime) -> bool:
        """Whether nobody has seen to it in time."""
        return self.status == "new" and self.due_at < now


def opened(connection: Any, rows: Sequence[Any], keys: Keyring) -> tuple[StoredRequest, ...]:
    """Rows of REQUESTS with all that belongs to them. Raises ConsultKeyError where a value cannot be opened."""
    clinics = {row["public_id"]: row["clinic"] for row in rows}
    submissions: dict[str, list[ConsultRequest]] = {public_id: [] for public_id in clinics}
    notes: dict[str, list[Note]] = {public_id: [] for public_id in clinics}
    chosen = sorted(clinics)
    query = select(SUBMISSIONS).where(SUBMISSIONS.c.public_id.in_(chosen))
    for row in connection.execute(query.order_by(SUBMISSIONS.c.created_at, SUBMISSIONS.c.id)).mappings():
        submissions[row["public_id"]].append(request_of(row, keys, clinic=clinics[row["public_id"]]))
    query = select(NOTES).where(NOTES.c.public_id.in_(chosen)).order_by(NOTES.c.created_at, NOTES.c.id)
    for row in connection.execute(query).mappings():
        text = keys.open(row["text_sealed"], note_place(row["id"]))
        notes[row["public_id"]].append(Note(row["author"], row["created_at"], text))
    return tuple(
        StoredRequest(**row, submissions=tuple(submissions[row["public_id"]]), notes=tuple(notes[row["public_id"]]))
        for row in rows
    )


def note_place(note: str) -> str:
    """The place of a note's sealed text, which it is bound to."""
    return f"note.{note}.text"
