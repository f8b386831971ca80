"""Brings a database to the newest tables when it is opened, one process at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import inspect

from bot.errors import ConsultError
from bot.tables import alone

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0001"  # the newest of them


def migrate(connection: Any) -> None:
    """Apply what is missing, in the transaction of `connection`, which on SQLite holds the write lock already.

    Raises ConsultError for a database of a newer version of this program.
    """
    alone(connection)
    if _version(connection) != HEAD:
        _apply(connection)


def _version(connection: Any) -> str | None:
    """The version of the tables, without alembic: to import it takes a tenth of the time in which a server starts."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())


def _apply(connection: Any) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_revision()
    if current == scripts.get_current_head():
        return
    if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
        raise ConsultError(f"the consult database has version '{current}' of a newer faqbot; run that one")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
