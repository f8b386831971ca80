"""What staff do with requests. Everything that they see or change is written to the audit in the same transaction."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import func, insert, select, update

from bot.consult import audit
from bot.consult.database import Database
from bot.consult.errors import AlreadyClaimedError, InvalidFieldError, UnknownRequestError
from bot.consult.filters import STATUSES, Filter, matching
from bot.consult.records import StoredRequest, note_place, opened
from bot.consult.tables import NOTES, REQUESTS

PAGE = 50
MAX_NOTE = 2000
NAME_SEARCH = 1000  # the newest requests that are opened to look for a name


class StaffQueue:
    """The requests that one person may see, on that person's behalf. Make one for each page or command."""

    def __init__(self, database: Database, *, actor: str, clinics: Collection[str] | None) -> None:
        """`actor` is written to the audit; `clinics` are those the person may see (None: all)."""
        self._database = database
        self._actor = actor
        self._clinics = clinics

    def list(self, chosen: Filter, *, limit: int = PAGE, offset: int = 0, name: str = "") -> tuple[StoredRequest, ...]:
        """Urgent ones first, then the newest. `name` looks for part of a name, in the newest 1000 that match."""
        with self._database.write() as connection:
            found = self._select(connection, chosen, NAME_SEARCH if name else limit, 0 if name else offset)
            if name:
                found = tuple(r for r in found if any(name.casefold() in s.name.casefold() for s in r.submissions))
                found = found[offset : offset + limit]
            ids = " ".join(request.public_id for request in found)
            self._record(connection, "list", detail=f"{len(found)} seen: {ids}")
            return found

    def count(self, chosen: Filter) -> int:
        """How many match, whatever the page."""
        where = matching(chosen, self._database.keys, clinics=self._clinics)
        with self._database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(REQUESTS).where(where)).scalar_one())

    def get(self, public_id: str) -> StoredRequest:
        """One request. Raises UnknownRequestError, also for that of a clinic that the person may not see."""
        with self._database.write() as connection:
            row = self._row(connection, public_id)
            self._record(connection, "view", row)
            return opened(connection, [row], self._database.keys)[0]

    def clinic_of(self, public_id: str) -> str:
        """Whose request it is, without a look at it. Raises UnknownRequestError as `get` does."""
        with self._database.write() as connection:
            return str(self._row(connection, public_id)["clinic"])

    def export(self, chosen: Filter, *, form: str) -> tuple[StoredRequest, ...]:
        """All that match, to be written as `form` ("csv", "fhir"); each gets an audit row of its own."""
        with self._database.write() as connection:
            found = self._select(connection, chosen, None, 0)
            self._record(connection, "export", detail=f"{form}, {len(found)} requests")
            for request in found:
                audit.record(
                    connection, actor=self._actor, action="export", clinic=request.clinic,
                    public_id=request.public_id, detail=form,
                )  # fmt: skip
            return found

    def claim(self, public_id: str) -> None:
        """The person takes a request. Raises AlreadyClaimedError where somebody else has it."""
        with self._database.write() as connection:
            row = self._row(connection, public_id)
            if row["assignee"] not in (None, self._actor):
                raise AlreadyClaimedError(f"{public_id} is with {row['assignee']}")
            self._change(connection, row, "claim", assignee=self._actor)

    def release(self, public_id: str) -> None:
        """Nobody has the request any more."""
        with self._database.write() as connection:
            self._change(connection, self._row(connection, public_id), "release", assignee=None)

    def set_status(self, public_id: str, status: str) -> None:
        """Raises InvalidFieldError for what is none of STATUSES."""
        if status not in STATUSES:
            raise InvalidFieldError(f"a status is one of {', '.join(STATUSES)}")
        now = datetime.now(timezone.utc)
        with self._database.write() as connection:
            row = self._row(connection, public_id)
            times: dict[str, Any] = {"closed_at": now if status in ("closed", "spam") else None}
            if status == "contacted" and row["contacted_at"] is None:
                times["contacted_at"] = now
            self._change(connection, row, "status", detail=f"{row['status']} to {status}", status=status, **times)

    def add_note(self, public_id: str, text: str) -> None:
        """Keep what staff want to remember; the text is sealed. Raises InvalidFieldError where it is empty."""
        if not text.strip():
            raise InvalidFieldError("a note needs words")
        note = uuid.uuid4().hex
        sealed = self._database.keys.seal(text.strip()[:MAX_NOTE], note_place(note))
        with self._database.write() as connection:
            row = self._row(connection, public_id)
            values = {"id": note, "public_id": public_id, "author": self._actor, "text_sealed": sealed}
            connection.execute(insert(NOTES).values(**values, created_at=datetime.now(timezone.utc)))
            self._change(connection, row, "note")

    def _select(self, connection: Any, chosen: Filter, limit: int | None, offset: int) -> tuple[StoredRequest, ...]:
        query = (
            select(REQUESTS)
            .where(matching(chosen, self._database.keys, clinics=self._clinics))
            .order_by(REQUESTS.c.urgent.desc(), REQUESTS.c.created_at.desc(), REQUESTS.c.public_id)
            .limit(limit)
            .offset(offset)
        )
        return opened(connection, connection.execute(query).mappings().all(), self._database.keys)

    def _row(self, connection: Any, public_id: str) -> Any:
        where = matching(Filter(), self._database.keys, clinics=self._clinics)
        query = select(REQUESTS).where(where, REQUESTS.c.public_id == public_id.upper()).with_for_update()
        row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise UnknownRequestError(
                f"there is no request {public_id[:20]}; `faqbot consult list` shows those there are"
            )
        return row

    def _change(self, connection: Any, row: Any, action: str, *, detail: str = "", **values: Any) -> None:
        where = REQUESTS.c.public_id == row["public_id"]
        connection.execute(update(REQUESTS).where(where).values(updated_at=datetime.now(timezone.utc), **values))
        self._record(connection, action, row, detail=detail)

    def _record(self, connection: Any, action: str, row: Any = None, *, detail: str = "") -> None:
        clinic, public_id = (row["clinic"], row["public_id"]) if row is not None else (None, None)
        audit.record(connection, actor=self._actor, action=action, clinic=clinic, public_id=public_id, detail=detail)
