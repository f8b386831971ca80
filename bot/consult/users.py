"""The people of a clinic's staff who may use the inbox: passwords (argon2), roles by clinic, lock-out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, insert, select, update

from bot.consult import audit
from bot.consult.database import Database
from bot.consult.errors import ConsultError, LockedOutError, LoginError
from bot.consult.tables import ROLES, SESSIONS, USERS

ALLOWED = {
    "viewer": frozenset({"view"}),
    "staff": frozenset({"view", "claim", "status", "note"}),
    "admin": frozenset({"view", "claim", "status", "note", "export", "erase"}),
}
MIN_PASSWORD = 12
MAX_PASSWORD = 256
MAX_TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,79}")
WRONG = "The name or the password is wrong."


@dataclass(frozen=True)
class User:
    """A person; `roles` names the role (viewer, staff or admin) in each clinic."""

    username: str
    roles: Mapping[str, str]
    disabled: bool
    last_login_at: datetime | None

    @property
    def clinics(self) -> tuple[str, ...]:
        """The clinics whose requests the person may see."""
        return tuple(sorted(self.roles))

    def may(self, action: str, clinic: str) -> bool:
        """Whether the person may "view", "claim", "status", "note", "export" or "erase" at the clinic."""
        return not self.disabled and action in ALLOWED.get(self.roles.get(clinic, ""), frozenset())


class Users:
    """The accounts in the consult database."""

    def __init__(self, database: Database, *, hasher: PasswordHasher | None = None) -> None:
        """`hasher` is for tests, where the cost of a real one is not wanted."""
        self._database = database
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash("nobody has this password")

    def add(self, username: str, password: str, roles: Mapping[str, str], *, actor: str) -> None:
        """Raises ConsultError for a bad name, role or password, and where the name is taken."""
        _check(username, password, roles)
        now = datetime.now(timezone.utc)
        values = {"username": username, "password_hash": self._hasher.hash(password), "created_at": now}
        with self._database.write() as connection:
            self._database.lock(connection, f"user {username}")
            if connection.execute(select(USERS).where(USERS.c.username == username)).first():
                raise ConsultError(f"there is a user '{username}' already; `faqbot user passwd` sets a new password")
            connection.execute(insert(USERS).values(disabled=False, failed_logins=0, **values))
            for clinic, role in roles.items():
                connection.execute(insert(ROLES).values(username=username, clinic=clinic, role=role))
            detail = " ".join(f"{clinic}:{role}" for clinic, role in sorted(roles.items()))
            audit.record(connection, actor=actor, action="user add", detail=f"{username} {detail}")

    def set_password(self, username: str, password: str, *, actor: str) -> None:
        """Also opens a locked account and ends its sessions. Raises ConsultError."""
        _check(username, password, {})
        values = {"password_hash": self._hasher.hash(password), "failed_logins": 0, "locked_until": None}
        self._set(username, actor, "user passwd", **values)

    def disable(self, username: str, *, actor: str, disabled: bool = True) -> None:
        """Close an account (or open it again) and end its sessions. Raises ConsultError for an unknown name."""
        self._set(username, actor, "user disable" if disabled else "user enable", disabled=disabled)

    def get(self, username: str) -> User | None:
        """The person with that name."""
        return next((user for user in self.list() if user.username == username), None)

    def list(self) -> tuple[User, ...]:
        """All accounts."""
        with self._database.read() as connection:
            roles: dict[str, dict[str, str]] = {}
            for row in connection.execute(select(ROLES)):
                roles.setdefault(row.username, {})[row.clinic] = row.role
            rows = connection.execute(select(USERS).order_by(USERS.c.username)).all()
        return tuple(User(r.username, roles.get(r.username, {}), r.disabled, r.last_login_at) for r in rows)

    def authenticate(self, username: str, password: str, *, now: datetime | None = None) -> User:
        """The person, if the password is right. Raises LoginError, or LockedOutError after five wrong ones.

        Every try is in the audit. An unknown name takes as long as a wrong password.
        """
        moment = now or datetime.now(timezone.utc)
        with self._database.read() as connection:  # argon2 is slow on purpose: nobody waits for it with a lock
            row = connection.execute(select(USERS).where(USERS.c.username == username)).first()
        right = self._verify(row.password_hash if row else self._nobody, password)
        with self._database.write() as connection:
            row = connection.execute(select(USERS).where(USERS.c.username == username).with_for_update()).first()
            error = self._judge(connection, row, moment, right=right)
            outcome = "login" if error is None else "login refused"
            known = username if row else "unknown name"  # it may be a password typed into the wrong box
            detail = type(error).__name__ if error else ""
            audit.record(connection, actor=known, action=outcome, detail=detail, at=moment)
        if error:
            raise error
        user = self.get(username)
        if user is None:
            raise LoginError(WRONG)
        return user

    def _judge(self, connection: Any, row: Any, now: datetime, *, right: bool) -> LoginError | None:
        """Count a try; the error to raise once that is stored."""
        if row is None or row.disabled:
            return LoginError(WRONG)
        if row.locked_until is not None and row.locked_until > now:
            return LockedOutError("Too many wrong passwords. Please wait 15 minutes and try again.")
        failed = 0 if right else row.failed_logins + 1
        values: dict[str, Any] = {"failed_logins": failed % MAX_TRIES, "locked_until": None}
        if failed >= MAX_TRIES:
            values["locked_until"] = now + LOCKED_FOR
        if right:
            values["last_login_at"] = now
        connection.execute(update(USERS).where(USERS.c.username == row.username).values(**values))
        return None if right else LoginError(WRONG)

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password[:MAX_PASSWORD])
        except (VerificationError, InvalidHashError):
            return False

    def _set(self, username: str, actor: str, action: str, **values: Any) -> None:
        with self._database.write() as connection:
            done = connection.execute(update(USERS).where(USERS.c.username == username).values(**values))
            if not done.rowcount:
                raise ConsultError(f"there is no user '{username}'; `faqbot user list` shows those there are")
            connection.execute(delete(SESSIONS).where(SESSIONS.c.username == username))
            audit.record(connection, actor=actor, action=action, detail=username)


def _check(username: str, password: str, roles: Mapping[str, str]) -> None:
    if not _USERNAME.fullmatch(username):
        raise ConsultError("a user's name has small letters, digits and . _ @ - (2 to 80 signs)")
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise ConsultError(f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} signs")
    if not set(roles.values()) <= set(ALLOWED):
        raise ConsultError(f"a role is one of {', '.join(ALLOWED)}")
