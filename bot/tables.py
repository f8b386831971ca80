"""Making tables where several processes start at the same moment, on the same empty database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import MetaData, inspect
from sqlalchemy.engine import Engine

_LOCK = 727102318  # of PostgreSQL, any number that nobody else uses


def make_tables(engine: Engine, metadata: MetaData) -> None:
    """Make those of the tables that are missing. Raises SQLAlchemyError where the database fails.

    `create_all` alone looks first and makes then: two processes that look at once both make, and one of them fails.
    """
    with engine.begin() as connection:
        there = set(inspect(connection).get_table_names())
        if not there.issuperset(metadata.tables):
            alone(connection)
            metadata.create_all(connection)


def alone(connection: Any) -> None:
    """Wait until no other process is between this and the end of its transaction.

    `connection` is one of SQLAlchemy; on SQLite, where its transaction has written nothing yet, it writes from now on.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    elif not connection.connection.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
