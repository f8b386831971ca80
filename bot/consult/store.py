"""Storing what patients agreed to pass on: never lost, never doubled, with its notifications in one transaction."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, insert, or_, select, update

from bot.consult import audit
from bot.consult.database import Database
from bot.consult.keys import Keyring
from bot.consult.model import ConsultRequest, Receipt
from bot.consult.sealing import row_of
from bot.consult.tables import OUTBOX, REQUESTS, SUBMISSIONS

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no signs that are read alike
ID_LENGTH = 8
OPEN = ("new", "contacted", "scheduled", "unreachable")
SAME_WITHIN = timedelta(days=1)
DUE_WITHIN = timedelta(days=1)  # where the clinic's opening hours are unknown
PATIENT = "patient"


class ConsultStore:
    """Takes in consult requests. Threads and processes may share one database."""

    def __init__(
        self,
        url: str,
        keys: Keyring,
        *,
        destinations: Callable[[str], tuple[str, ...]] = lambda clinic: (),
        due: Callable[[str, datetime], datetime] = lambda clinic, at: at + DUE_WITHIN,
    ) -> None:
        """Open the database (see Database for what is raised).

        `destinations` names the kinds of notification that a clinic wants ("mail", "webhook"); `due` tells by when a
        request made at a time should have been seen to.
        """
        self.database = Database(url, keys)
        self._destinations = destinations
        self._due = due

    def add(self, request: ConsultRequest) -> Receipt:
        """Store a request; the receipt has the public id that the patient may quote.

        A second call for the same conversation and form run stores nothing and returns the first id. Where the same
        contact has an open request of the last day at the clinic, it is appended to that one, which becomes new again.
        When this returns, the request is on the disk. Raises ConsultError when it was not stored.
        """
        with self.database.write() as connection:
            run = f"{request.conversation}\n{request.form_run}"
            self.database.lock(connection, run, *_contacts(request, self.database.keys)[0])
            found = _of_form_run(connection, request)
            if found:
                return found
            earlier = _open_request(connection, request, self.database.keys)
            public_id = earlier or _new_id()
            due_at = self._due(request.clinic, request.created_at)
            if earlier:
                _reopen(connection, request, earlier, due_at)
            else:
                connection.execute(insert(REQUESTS).values(**_request_row(request, public_id, due_at)))
            row = row_of(request, self.database.keys, submission=uuid.uuid4().hex, public_id=public_id)
            connection.execute(insert(SUBMISSIONS).values(**row))
            self._notify(connection, request, public_id, "appended" if earlier else "created")
            return Receipt(public_id, appended=bool(earlier))

    def count(self) -> int:
        """How many requests are stored."""
        with self.database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(REQUESTS)).scalar_one())

    def _notify(self, connection: Any, request: ConsultRequest, public_id: str, event: str) -> None:
        detail = f"submission by {request.channel}"
        audit.record(connection, actor=PATIENT, action=event, clinic=request.clinic, public_id=public_id, detail=detail)
        for kind in self._destinations(request.clinic):
            connection.execute(
                insert(OUTBOX).values(
                    id=f"msg_{uuid.uuid4().hex}",
                    public_id=public_id,
                    clinic=request.clinic,
                    event=event,
                    kind=kind,
                    created_at=request.created_at,
                    attempts=0,
                    due=0.0,
                )
            )


def _new_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))


def _contacts(request: ConsultRequest, keys: Keyring) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Fingerprints of phone and of email, under each key: the newest stands first."""
    phones = keys.fingerprints(request.phone) if request.phone else ()
    emails = keys.fingerprints(request.email) if request.email else ()
    return phones[:1] + emails[:1], phones + emails


def _of_form_run(connection: Any, request: ConsultRequest) -> Receipt | None:
    query = select(SUBMISSIONS.c.public_id).where(
        SUBMISSIONS.c.conversation == request.conversation, SUBMISSIONS.c.form_run == request.form_run
    )
    public_id = connection.execute(query).scalar_one_or_none()
    return Receipt(public_id, existing=True) if public_id else None


def _open_request(connection: Any, request: ConsultRequest, keys: Keyring) -> str | None:
    _, hashes = _contacts(request, keys)
    query = (
        select(REQUESTS.c.public_id)
        .join(SUBMISSIONS, SUBMISSIONS.c.public_id == REQUESTS.c.public_id)
        .where(
            REQUESTS.c.clinic == request.clinic,
            REQUESTS.c.status.in_(OPEN),
            REQUESTS.c.created_at >= request.created_at - SAME_WITHIN,
            or_(SUBMISSIONS.c.phone_hash.in_(hashes), SUBMISSIONS.c.email_hash.in_(hashes)),
        )
        .order_by(REQUESTS.c.created_at.desc())
        .limit(1)
    )
    found = connection.execute(query).scalar_one_or_none()
    return str(found) if found else None


def _request_row(request: ConsultRequest, public_id: str, due_at: datetime) -> dict[str, Any]:
    return {
        "public_id": public_id,
        "clinic": request.clinic,
        "channel": request.channel,
        "status": "new",
        "urgent": request.urgent,
        "created_at": request.created_at,
        "updated_at": request.created_at,
        "due_at": due_at,
    }


def _reopen(connection: Any, request: ConsultRequest, public_id: str, due_at: datetime) -> None:
    """The patient asks again: whatever was done before, somebody has to look once more."""
    still_due = case((REQUESTS.c.status == "new", REQUESTS.c.due_at), else_=due_at)  # asking twice puts nothing off
    values: dict[str, Any] = {"status": "new", "updated_at": request.created_at, "due_at": still_due}
    if request.urgent:
        values["urgent"] = True
    connection.execute(update(REQUESTS).where(REQUESTS.c.public_id == public_id).values(**values))
