"""Erasing requests: by a patient's contact, and by age. What is erased leaves no bytes in the database's files."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, or_, select

from bot.consult import audit
from bot.consult.clinics import Clinics
from bot.consult.database import Database
from bot.consult.filters import of_contact
from bot.consult.tables import REQUESTS, SUBMISSIONS


@dataclass(frozen=True)
class Erased:
    """What was erased: ids of requests, and the conversations in which they were made."""

    requests: tuple[str, ...]
    conversations: tuple[str, ...]


def conversations_of(database: Database, contact: str, *, clinics: Collection[str] | None = None) -> tuple[str, ...]:
    """The conversations in which this phone (E.164) or email left requests, to be erased before these.

    `clinics` are those to look in (None: all).
    """
    query = select(SUBMISSIONS.c.conversation).distinct().join(REQUESTS)
    with database.read() as connection:
        found = connection.execute(query.where(_at(of_contact(contact, database.keys), clinics))).scalars()
        return tuple(str(conversation) for conversation in found)


def erase_by_contact(database: Database, contact: str, *, actor: str, clinics: Collection[str] | None = None) -> Erased:
    """Erase all requests with this phone (E.164) or email, their notes and notifications.

    `clinics` are those that the caller may erase in (None: all). The conversations are still to be erased, where Rasa
    keeps them in a database: see conversations.py.
    """
    return _erase(database, _at(of_contact(contact, database.keys), clinics), actor=actor, action="erase")


def purge(database: Database, clinics: Clinics, *, now: datetime, actor: str) -> Erased:
    """Erase requests whose last change is longer ago than their clinic keeps them."""
    with database.read() as connection:
        known = connection.execute(select(REQUESTS.c.clinic).distinct()).scalars().all()
    aged = [
        and_(
            REQUESTS.c.clinic == clinic,
            REQUESTS.c.updated_at < now - timedelta(days=clinics.of(clinic).retention_days.requests),
        )
        for clinic in known
    ]
    return _erase(database, or_(*aged), actor=actor, action="purge") if aged else Erased((), ())


def _at(where: Any, clinics: Collection[str] | None) -> Any:
    return where if clinics is None else and_(where, REQUESTS.c.clinic.in_(sorted(clinics)))


def _erase(database: Database, where: Any, *, actor: str, action: str) -> Erased:
    with database.write() as connection:
        rows = connection.execute(select(REQUESTS.c.public_id, REQUESTS.c.clinic).where(where)).all()
        chosen = [row.public_id for row in rows]
        query = select(SUBMISSIONS.c.conversation).where(SUBMISSIONS.c.public_id.in_(chosen)).distinct()
        conversations = connection.execute(query).scalars().all()
        connection.execute(delete(REQUESTS).where(REQUESTS.c.public_id.in_(chosen)))  # the rest goes by cascade
        for row in rows:
            audit.record(connection, actor=actor, action=action, clinic=row.clinic, public_id=row.public_id)
        if not rows:
            audit.record(connection, actor=actor, action=action, detail="nothing found")
    if rows:
        database.compact()
    return Erased(tuple(chosen), tuple(conversations))
