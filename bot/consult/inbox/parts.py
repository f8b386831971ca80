"""What the inbox is made of, so that a test can give it parts of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import cast

from flask import current_app

from bot.consult.clinics import Clinics
from bot.consult.database import Database
from bot.consult.sessions import Sessions
from bot.consult.users import Users

KEY = "faqbot_inbox"
PREFIX = "/inbox"


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _nothing_kept(conversations: Collection[str]) -> None:
    """Conversations are in memory alone: there is nothing to erase."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """`names` are the clinics' names by id; `forget` erases conversations; `secure` is for https (cookies, HSTS)."""

    database: Database
    users: Users
    sessions: Sessions
    clinics: Clinics = field(default_factory=Clinics)
    names: Mapping[str, str] = field(default_factory=dict)
    forget: Callable[[Collection[str]], None] = _nothing_kept
    secure: bool = True
    now: Callable[[], datetime] = _now


def parts() -> Parts:
    """Those of the app that serves this request."""
    return cast(Parts, current_app.extensions[KEY])
