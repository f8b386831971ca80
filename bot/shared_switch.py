"""The switch where servers share a database: a row for each clinic that is off, read once a second.

A thread of its own reads it: a turn waits for no database.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import Column, MetaData, String, Table, create_engine, delete, insert, select
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import FaqbotError
from bot.tables import make_tables

logger = logging.getLogger(__name__)

SECONDS = 1.0  # between two looks, and how long the first turn waits for the first
OFF = Table("faqbot_switched_off", MetaData(), Column("clinic", String(80), primary_key=True))


class SwitchError(FaqbotError):
    """The switch could not be turned."""


class SharedSwitch:
    """Which clinics are off. Where the database does not answer, what was known last holds."""

    def __init__(self, url: str, *, seconds: float = SECONDS) -> None:
        """Begin to read the database at an SQLAlchemy address, again after so many seconds."""
        self._url = url
        self._seconds = seconds
        self._off: frozenset[str] | None = None
        self._looked = threading.Event()
        self._closed = threading.Event()
        threading.Thread(target=self._watch, name="switch", daemon=True).start()

    def is_off(self, clinic: str) -> bool:
        """Whether the clinic is off; so is every one while nothing could be read since the start."""
        self._looked.wait(SECONDS)
        off = self._off
        return off is None or clinic in off

    def close(self) -> None:
        """Read no more."""
        self._closed.set()

    def _watch(self) -> None:
        engine: Engine | None = None
        answers = True
        while not self._closed.is_set():
            try:
                engine = engine or _engine(self._url)
                self._off = _read(engine)
                answers = True
            except (SQLAlchemyError, OSError) as error:
                if answers:  # one line for each time that it goes away
                    logger.error("the switch cannot be read: %s; check FAQBOT_DATABASE_URL", type(error).__name__)
                answers = False
            self._looked.set()
            self._closed.wait(self._seconds)
        if engine is not None:
            engine.dispose()


def shared(url: str) -> SharedSwitch:
    """The switch in this database, one in each process: a fork takes no thread along."""
    return _shared(url, os.getpid())


def keep(url: str, clinic: str, *, on: bool) -> None:
    """Write a clinic's position down, for all servers. Raises SwitchError where the database fails."""
    with _told():
        engine = _engine(url)
        with engine.begin() as connection:
            connection.execute(delete(OFF).where(OFF.c.clinic == clinic))
            if not on:
                connection.execute(insert(OFF).values(clinic=clinic))
        engine.dispose()


@cache
def _shared(url: str, process: int) -> SharedSwitch:
    return SharedSwitch(url)


def _read(engine: Engine) -> frozenset[str]:
    with engine.connect() as connection:
        return frozenset(connection.execute(select(OFF.c.clinic)).scalars())


def _engine(url: str) -> Engine:
    """The database, with the table. Raises SQLAlchemyError, OSError for a folder that cannot be made."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        limits = {"connect_timeout": 2, "tcp_user_timeout": 3000}
        engine = create_engine(url, future=True, pool_pre_ping=True, pool_size=1, connect_args=limits)
    else:
        if parsed.database not in (None, "", ":memory:"):
            Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, future=True)
    make_tables(engine, OFF.metadata)
    return engine


@contextmanager
def _told() -> Iterator[None]:
    """Errors of the database as one of ours."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise SwitchError(
            f"nothing was switched: the database failed ({type(error).__name__}); check FAQBOT_DATABASE_URL and its "
            "server, and try again"
        ) from error
