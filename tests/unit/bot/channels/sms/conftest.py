"""The databases of the SMS ledger: SQLite, and a real PostgreSQL where one is reachable."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

POSTGRES = os.environ.get("FAQBOT_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/test")
SCHEMA = "sms_tests"


@pytest.fixture
def sms_postgres_url() -> Iterator[str]:
    """An empty schema in the PostgreSQL that FAQBOT_TEST_POSTGRES_URL names."""
    engine = create_engine(POSTGRES, future=True, connect_args={"connect_timeout": 2})
    try:
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
            connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    except OperationalError:
        pytest.skip("no PostgreSQL at FAQBOT_TEST_POSTGRES_URL (default: user postgres, 127.0.0.1:5432, database test)")
    yield f"{POSTGRES}?options=-csearch_path={SCHEMA}"
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {SCHEMA} CASCADE"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def sms_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'sms.sqlite3'}"
    return str(request.getfixturevalue("sms_postgres_url"))
