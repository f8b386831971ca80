"""Who saw, changed or took out which request, and when. Rows are only ever added; triggers refuse the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import insert, select

from bot.consult.database import Database
from bot.consult.tables import AUDIT

MAX_ROWS = 1000
MAX_DETAIL = 2000


@dataclass(frozen=True)
class AuditRow:
    """One thing that somebody did. `detail` holds no personal data."""

    id: int
    at: datetime
    actor: str
    action: str
    clinic: str | None
    public_id: str | None
    detail: str


def record(
    connection: Any,
    *,
    actor: str,
    action: str,
    clinic: str | None = None,
    public_id: str | None = None,
    detail: str = "",
    at: datetime | None = None,
) -> None:
    """Add a row in the transaction of what it tells about. `detail` must hold no personal data."""
    connection.execute(
        insert(AUDIT).values(
            at=at or datetime.now(timezone.utc),
            actor=actor,
            action=action,
            clinic=clinic,
            public_id=public_id,
            detail=detail[:MAX_DETAIL],
        )
    )


def trail(
    database: Database, *, public_id: str | None = None, clinic: str | None = None, limit: int = MAX_ROWS
) -> tuple[AuditRow, ...]:
    """The newest rows first, of one request, of one clinic, or all."""
    query = select(AUDIT).order_by(AUDIT.c.id.desc()).limit(limit)
    if public_id is not None:
        query = query.where(AUDIT.c.public_id == public_id)
    if clinic is not None:
        query = query.where(AUDIT.c.clinic == clinic)
    with database.read() as connection:
        return tuple(AuditRow(**row) for row in connection.execute(query).mappings())
