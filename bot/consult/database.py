"""The consult database: SQLite or PostgreSQL, opened with its keys, and brought to the newest tables."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, insert, select
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.consult.errors import ConsultError, ConsultKeyError
from bot.consult.keys import Keyring
from bot.consult.schema import migrate
from bot.consult.tables import KEYS

BUSY_SECONDS = 30  # how long a writer waits for another one on SQLite
PROOF = "faqbot"
_CHECKPOINT = "PRAGMA wal_checkpoint(TRUNCATE)"
COMPACT_SQLITE = (_CHECKPOINT, "VACUUM", _CHECKPOINT)
COMPACT_POSTGRESQL = ("VACUUM consult_requests, consult_submissions, consult_notes, consult_outbox",)


class Database:
    """Connections to the consult database, and the keys of what it holds."""

    def __init__(self, url: str, keys: Keyring) -> None:
        """Open the database at an SQLAlchemy address and make or migrate its tables.

        Raises ConsultError where it cannot be used, ConsultKeyError where `keys` are not those it was written with.
        """
        self.keys = keys
        self.engine = _engine(url)
        self._writer = self.engine.execution_options(immediate=True)
        with self.write() as connection:
            migrate(connection)
            self._prove(connection)

    @property
    def sqlite(self) -> bool:
        """Whether the database is a file of SQLite."""
        return bool(self.engine.dialect.name == "sqlite")

    @contextmanager
    def read(self) -> Iterator[Any]:
        """A connection that sees one state of the database. Raises ConsultError where the database fails."""
        with _told(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Any]:
        """A transaction: all of the block is stored, or nothing. Raises ConsultError where the database fails."""
        with _told(), self._writer.begin() as connection:
            yield connection

    def lock(self, connection: Any, *names: str) -> None:
        """Until the transaction ends, nobody else may hold one of these names (SQLite has one writer anyway)."""
        if not self.sqlite:
            for name in sorted(names):
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (name,))

    def compact(self) -> None:
        """After erasing: leave no erased bytes in the files of the database."""
        outside = self.engine.execution_options(isolation_level="AUTOCOMMIT")  # VACUUM runs in no transaction
        with _told(), outside.connect() as connection:
            for statement in COMPACT_SQLITE if self.sqlite else COMPACT_POSTGRESQL:
                connection.exec_driver_sql(statement)

    def _prove(self, connection: Any) -> None:
        """Each key that the database was written with must be in the ring and be the same."""
        proofs = {row.key_id: row.proof_sealed for row in connection.execute(select(KEYS))}
        for key_id, sealed in proofs.items():
            if key_id not in self.keys.ids:
                raise ConsultKeyError(
                    f"the consult database holds requests sealed with key '{key_id}', which is missing; "
                    f"add it again to FAQBOT_CONSULT_KEYS (or put back the key file in the run folder)"
                )
            self.keys.open(sealed, f"key.{key_id}")
        if self.keys.newest not in proofs:
            sealed = self.keys.seal(PROOF, f"key.{self.keys.newest}")
            connection.execute(insert(KEYS).values(key_id=self.keys.newest, proof_sealed=sealed))


@contextmanager
def _told() -> Iterator[None]:
    """Errors of the database as one of ours; the text of the driver is left out, as it may quote a row."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = type(getattr(error, "orig", None) or error).__name__
        raise ConsultError(
            f"the consult database failed ({cause}); check FAQBOT_DATABASE_URL and its server"
        ) from error


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConsultError("FAQBOT_DATABASE_URL is not an address like postgresql://user:password@host/name") from error
    with _told():
        if parsed.get_backend_name() != "sqlite":
            return create_engine(url, future=True, hide_parameters=True, pool_pre_ping=True)  # no patient in a log
        if parsed.database not in (None, "", ":memory:"):
            Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, future=True, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        _write_ahead(engine)
        return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions begin where SQLAlchemy says so, see _begin_sqlite
    for pragma in ("foreign_keys=ON", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    """A writer takes its lock at once: upgrading a reader's later would fail instead of waiting."""
    options = connection.get_execution_options()
    if options.get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("immediate") else "BEGIN")


def _write_ahead(engine: Engine) -> None:
    """Readers do not wait for writers. Changing the mode does not wait for a lock by itself: try again."""
    end = time.monotonic() + BUSY_SECONDS
    while True:
        with closing(engine.raw_connection()) as raw:
            try:
                raw.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > end:
                    raise ConsultError(f"the consult database cannot be written: {error}") from error
        time.sleep(0.05)
