"""Notifications that are to be sent: written with the request, sent at least once, each under one id for ever."""

from __future__ import annotations

import random
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import select, update

from bot.consult import audit
from bot.consult.database import Database
from bot.consult.tables import OUTBOX

LEASE = 120.0  # seconds in which a worker must have sent; after that another one tries
BATCH = 10
FIRST_WAIT = 10.0
LONGEST_WAIT = 3600.0
MAX_ATTEMPTS = 24  # about 16 hours; then it is a dead letter, which `faqbot consult send-again` revives


@dataclass(frozen=True)
class Notification:
    """One message to one destination of a clinic. `id` stays the same however often it is sent."""

    id: str
    public_id: str
    clinic: str
    event: str
    kind: str
    created_at: datetime
    attempts: int
    lease: str


@dataclass(frozen=True)
class DeadLetter:
    """A notification that was given up, and what its last try met."""

    id: str
    public_id: str
    clinic: str
    kind: str
    attempts: int
    dead_at: datetime
    last_error: str


class Outbox:
    """The queue of notifications; several workers may share it."""

    def __init__(self, database: Database, *, lease: float = LEASE, max_attempts: int = MAX_ATTEMPTS) -> None:
        """`lease` is in seconds."""
        self._database = database
        self._lease = lease
        self._max_attempts = max_attempts

    def take(self, *, now: float | None = None, limit: int = BATCH) -> tuple[Notification, ...]:
        """Those that are due (`now` in seconds since 1970); nobody else gets them while the lease runs."""
        moment, lease = time.time() if now is None else now, uuid.uuid4().hex
        due = (
            select(OUTBOX)
            .where(OUTBOX.c.delivered_at.is_(None), OUTBOX.c.dead_at.is_(None), OUTBOX.c.due <= moment)
            .order_by(OUTBOX.c.due, OUTBOX.c.created_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        with self._database.write() as connection:
            rows = connection.execute(due).mappings().all()
            mine = OUTBOX.c.id.in_([row["id"] for row in rows])
            connection.execute(update(OUTBOX).where(mine).values(lease=lease, due=moment + self._lease))
        return tuple(
            Notification(
                row["id"], row["public_id"], row["clinic"], row["event"], row["kind"], row["created_at"],
                row["attempts"], lease,
            )
            for row in rows
        )  # fmt: skip

    def waiting(self) -> bool:
        """Whether something is still to be sent, now or later."""
        open_ones = select(OUTBOX.c.id).where(OUTBOX.c.delivered_at.is_(None), OUTBOX.c.dead_at.is_(None)).limit(1)
        with self._database.read() as connection:
            return connection.execute(open_ones).first() is not None

    def delivered(self, sent: Notification) -> None:
        """It has arrived. Holds too where the lease was lost meanwhile: nobody need send it again."""
        arrived = {"delivered_at": datetime.now(timezone.utc), "dead_at": None, "last_error": None}
        with self._database.write() as connection:
            connection.execute(update(OUTBOX).where(OUTBOX.c.id == sent.id).values(**arrived))

    def failed(self, tried: Notification, error: str, *, now: float | None = None) -> None:
        """It has not arrived: try later, or give it up after the last try. `error` holds no personal data."""
        moment, attempts = time.time() if now is None else now, tried.attempts + 1
        values: dict[str, Any] = {"attempts": attempts, "lease": None, "last_error": error[:200]}
        values["due"] = moment + wait(attempts)
        if attempts >= self._max_attempts:
            values["dead_at"] = datetime.now(timezone.utc)
        mine = (OUTBOX.c.id == tried.id) & (OUTBOX.c.lease == tried.lease)
        with self._database.write() as connection:
            connection.execute(update(OUTBOX).where(mine).values(**values))

    def dead(self) -> tuple[DeadLetter, ...]:
        """What was given up, oldest first."""
        query = select(OUTBOX).where(OUTBOX.c.dead_at.is_not(None)).order_by(OUTBOX.c.dead_at)
        with self._database.read() as connection:
            return tuple(
                DeadLetter(
                    row["id"], row["public_id"], row["clinic"], row["kind"], row["attempts"], row["dead_at"],
                    row["last_error"] or "",
                )
                for row in connection.execute(query).mappings()
            )  # fmt: skip

    def send_again(self, *, actor: str, notification: str | None = None) -> int:
        """Revive one dead letter, or all; returns how many. They are sent under their old ids."""
        chosen = OUTBOX.c.dead_at.is_not(None)
        if notification is not None:
            chosen = chosen & (OUTBOX.c.id == notification)
        with self._database.write() as connection:
            values = {"dead_at": None, "attempts": 0, "due": 0.0, "lease": None}
            count = int(connection.execute(update(OUTBOX).where(chosen).values(**values)).rowcount)
            audit.record(connection, actor=actor, action="send again", detail=f"{count} notifications")
        return count


def wait(attempts: int) -> float:
    """Seconds until the next try: doubled each time up to an hour, and spread so that not all come at once."""
    return min(FIRST_WAIT * 2.0 ** (attempts - 1), LONGEST_WAIT) * random.uniform(0.75, 1.25)
