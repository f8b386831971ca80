"""Forgetting conversations that Rasa's SQLTrackerStore keeps: its table `events`, which it never empties itself.

Call these when no message of the conversation is being answered: Rasa would write the events of that turn again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    delete,
    func,
    inspect,
    select,
)
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import ConsultError

EVENTS = Table(  # as Rasa 3.6 makes it
    "events",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("sender_id", String(255)),
    Column("type_name", String(255)),
    Column("timestamp", Float),
    Column("data", Text),
)


def erase_conversations(url: str, conversations: Collection[str]) -> int:
    """Erase these conversations; returns how many events went. Raises ConsultError where the database fails."""
    with _opened(url) as engine:
        with engine.begin() as connection:
            if not inspect(connection).has_table(EVENTS.name):
                return 0
            chosen = EVENTS.c.sender_id.in_(sorted(conversations))
            count = int(connection.execute(delete(EVENTS).where(chosen)).rowcount)
        if count:
            _compact(engine)
        return count


def purge_conversations(url: str, *, now: datetime, days: Callable[[str], int]) -> tuple[str, ...]:
    """Erase conversations whose last event is more than `days(clinic)` old; returns their ids.

    The clinic is the one that the channel bound to the last message ("" where it bound none).
    Raises ConsultError where the database fails.
    """
    with _opened(url) as engine, engine.connect() as connection:
        if not inspect(connection).has_table(EVENTS.name):
            return ()  # Rasa has not made it yet
        last = select(EVENTS.c.sender_id, func.max(EVENTS.c.timestamp).label("at")).group_by(EVENTS.c.sender_id)
        aged = tuple(
            row.sender_id
            for row in connection.execute(last).all()
            if row.at < (now - timedelta(days=1)).timestamp()  # no clinic keeps them for less
            and row.at < (now - timedelta(days=days(_clinic(connection, row.sender_id)))).timestamp()
        )
    if aged:
        erase_conversations(url, aged)
    return aged


def _clinic(connection: Any, conversation: str) -> str:
    query = (
        select(EVENTS.c.data)
        .where(EVENTS.c.sender_id == conversation, EVENTS.c.type_name == "user")
        .order_by(EVENTS.c.id.desc())
        .limit(1)
    )
    data = json.loads(connection.execute(query).scalar_one_or_none() or "{}")
    return str((data.get("metadata") or {}).get("clinic") or "")


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = create_engine(url, future=True, hide_parameters=True)
    try:
        yield engine
    except SQLAlchemyError as error:
        cause = type(getattr(error, "orig", None) or error).__name__
        raise ConsultError(f"the conversations could not be read ({cause}); check FAQBOT_TRACKER_URL") from error
    finally:
        engine.dispose()


def _compact(engine: Engine) -> None:
    """Leave no erased bytes in the files: VACUUM writes an SQLite file anew, PostgreSQL frees the rows."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            connection.exec_driver_sql("VACUUM events")
