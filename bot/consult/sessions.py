"""Logins of the inbox, kept in the database: they end when idle, when old, at log-out and with the account."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta, timezone

from sqlalchemy import delete, insert, or_, select, update

from bot.consult.database import Database
from bot.consult.tables import SESSIONS
from bot.consult.users import User, Users

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)


class Sessions:
    """Tokens are random; the database holds their hash only."""

    def __init__(
        self, database: Database, users: Users, *, idle: timedelta = IDLE, longest: timedelta = LONGEST
    ) -> None:
        """`idle` and `longest` are how long a session lives without use, and at all."""
        self._database = database
        self._users = users
        self._idle = idle
        self._longest = longest

    def begin(self, username: str, *, now: datetime | None = None) -> str:
        """A new session of a person who has logged in; returns the token for the cookie."""
        token, moment = secrets.token_urlsafe(32), now or datetime.now(timezone.utc)
        with self._database.write() as connection:
            connection.execute(delete(SESSIONS).where(self._ended(moment)))
            values = {"token_hash": _hash(token), "username": username, "created_at": moment, "seen_at": moment}
            connection.execute(insert(SESSIONS).values(**values))
        return token

    def user(self, token: str, *, now: datetime | None = None) -> User | None:
        """Whose session it is, and that it is in use; None where it has ended or never was."""
        moment = now or datetime.now(timezone.utc)
        with self._database.write() as connection:
            mine = SESSIONS.c.token_hash == _hash(token)
            connection.execute(delete(SESSIONS).where(mine, self._ended(moment)))
            username = connection.execute(select(SESSIONS.c.username).where(mine)).scalar_one_or_none()
            if username is None:
                return None
            connection.execute(update(SESSIONS).where(mine).values(seen_at=moment))
        user = self._users.get(username)
        return None if user is None or user.disabled else user

    def end(self, token: str) -> None:
        """Log out."""
        with self._database.write() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.token_hash == _hash(token)))

    def _ended(self, now: datetime) -> object:
        return or_(SESSIONS.c.seen_at < now - self._idle, SESSIONS.c.created_at < now - self._longest)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
