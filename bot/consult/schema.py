"""Brings a database to the newest tables when it is opened, one process at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.errors import ConsultError

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 727102318  # of PostgreSQL, any number that nobody else uses


def migrate(connection: Any) -> None:
    """Apply what is missing, in the transaction of `connection`, which on SQLite holds the write lock already.

    Raises ConsultError for a database of a newer version of this program.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
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
