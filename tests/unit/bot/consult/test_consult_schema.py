"""The migrations: they make the tables that the program uses, and refuse a database of a newer program."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from bot.consult import schema
from bot.consult.database import Database
from bot.consult.errors import ConsultError
from bot.consult.keys import Keyring
from bot.consult.store import ConsultStore
from bot.consult.tables import METADATA
from tests.consult.fixtures import a_request


def test_the_migrations_make_the_tables_of_the_program(store: ConsultStore) -> None:
    with store.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, METADATA) == []


def test_a_table_of_the_trial_version_gives_way(sqlite_url: str, keys: Keyring) -> None:
    Database(sqlite_url.replace("consult.sqlite3", "makes-the-folder.sqlite3"), keys)
    with create_engine(sqlite_url, future=True).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE consult_requests (public_id VARCHAR(12) PRIMARY KEY, name TEXT)")
    assert ConsultStore(sqlite_url, keys).add(a_request()).public_id


def test_a_database_of_a_newer_program_is_left_alone(store: ConsultStore, keys: Keyring) -> None:
    with store.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    url = store.database.engine.url.render_as_string(hide_password=False)
    with pytest.raises(ConsultError, match="version '9999' of a newer faqbot"):
        Database(url, keys)


def test_a_migration_that_fails_leaves_nothing_half_made(
    sqlite_url: str, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Database, "_prove", lambda self, connection: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        Database(sqlite_url, keys)
    with create_engine(sqlite_url, future=True).connect() as connection:
        assert connection.exec_driver_sql("SELECT name FROM sqlite_master").all() == []
    monkeypatch.undo()
    assert ConsultStore(sqlite_url, keys).count() == 0


def test_the_newest_version_is_the_one_that_is_named() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD
