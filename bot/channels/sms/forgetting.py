"""What the ledger keeps of one patient, erased. Opt-outs and opt-ins stay: they are the proof, and must hold."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.sms.privacy import Keys
from bot.channels.sms.tables import INBOX, KEY, OUTBOX, SENDERS, open_database
from bot.errors import ConsultError


def forget_texts(url: str, keys: Keys, conversations: Collection[str], *, phone: str = "") -> tuple[str, ...]:
    """Erase the texts of these conversations and of this phone (E.164); returns all conversations of their senders.

    Raises ConsultError where the ledger's database fails, SettingsError where it was written with other keys.
    """
    with _opened(url) as engine:
        with engine.begin() as connection:
            sealed = connection.execute(select(KEY.c.sealed)).scalar_one_or_none()
            if sealed is not None:
                keys.open(sealed)  # with another key nobody would be found
            found = dict(_senders(connection, keys, set(conversations), phone))
            for table in (INBOX, OUTBOX):
                connection.execute(delete(table).where(table.c.sender.in_(found)))
            theirs = SENDERS.c.sender.in_(found)
            connection.execute(delete(SENDERS).where(theirs, SENDERS.c.out_by.is_(None)))
            connection.execute(update(SENDERS).where(theirs).values(sealed_rest=None, sealed_choices=None))
        if found:
            _compact(engine)
        return tuple(sorted({id_ for ids in found.values() for id_ in ids}))


def _senders(connection: Any, keys: Keys, wanted: set[str], phone: str) -> Iterator[tuple[str, list[str]]]:
    """The senders that are meant, each with the ids of its conversations. The rows name neither: all are tried."""
    for row in connection.execute(select(SENDERS.c.sender, SENDERS.c.clinic, SENDERS.c.epoch)).all():
        ids = [keys.conversation(row.sender, epoch) for epoch in range(row.epoch + 1)]
        if not wanted.isdisjoint(ids) or (phone and row.sender == keys.sender(phone, row.clinic)):
            yield row.sender, ids


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    try:
        engine = open_database(url)
        try:
            yield engine
        finally:
            engine.dispose()
    except SQLAlchemyError as error:
        cause = type(getattr(error, "orig", None) or error).__name__
        raise ConsultError(
            f"the SMS database failed ({cause}); check FAQBOT_DATABASE_URL and its server, and try again"
        ) from error


def _compact(engine: Engine) -> None:
    """Leave no erased bytes in the files (SQLite has overwritten them, but for its log)."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"VACUUM {INBOX.name}, {OUTBOX.name}, {SENDERS.name}")
