"""For all tests of consult requests: a database of each kind, keys, and a request of an invented patient."""

from __future__ import annotations

import base64
import os
import uuid
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from bot.consult.keys import Keyring
from bot.consult.model import CONSENT, CONSENT_VERSION, HISTORY_CONSENT, SMS_CONSENT, Consent, ConsultRequest
from bot.consult.store import ConsultStore

POSTGRES = os.environ.get("FAQBOT_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/test")
OLD_KEY = f"old:{base64.b64encode(b'1' * 32).decode()}"
NEW_KEY = f"new:{base64.b64encode(b'2' * 32).decode()}"
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=timezone.utc)
PHONE = "+12125550123"
EMAIL = "ana@example.com"


def a_request(**changes: Any) -> ConsultRequest:
    """A request that an invented patient agreed to."""
    values: dict[str, Any] = {
        "clinic": "north",
        "channel": "web",
        "conversation": "conversation-1",
        "form_run": "1.5",
        "name": "Ana Example",
        "phone": PHONE,
        "email": None,
        "contact_method": "call",
        "contact_when": "weekday mornings",
        "timezone": "America/New_York",
        "reason": "cost",
        "reason_text": "the price of a series",
        "consent": Consent(CONSENT, CONSENT_VERSION, NOW),
        "created_at": NOW,
    }
    return ConsultRequest(**values | changes)


def a_full_request(**changes: Any) -> ConsultRequest:
    """One in which every field is set."""
    values: dict[str, Any] = {
        "email": EMAIL,
        "contact_method": "text",
        "sms_consent": Consent(SMS_CONSENT, CONSENT_VERSION, NOW),
        "urgent": True,
        "history_consent": True,
        "history": ("how much is it?", f"(staff may see: {HISTORY_CONSENT})"),
    }
    return a_request(**values | changes)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Address of an SQLite file in a folder that is not there yet."""
    return f"sqlite:///{tmp_path / 'database' / 'consult.sqlite3'}"


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """Address of an empty schema in a real PostgreSQL; skipped where there is none."""
    schema = f"faqbot_{uuid.uuid4().hex[:12]}"
    server = create_engine(POSTGRES, future=True, connect_args={"connect_timeout": 3})
    try:
        with server.begin() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    except OperationalError:
        pytest.skip("no PostgreSQL at FAQBOT_TEST_POSTGRES_URL (default: user postgres, 127.0.0.1:5432, database test)")
    options = f"-csearch_path={schema} -csynchronous_commit=off"  # the server itself is not killed: quicker
    yield make_url(POSTGRES).update_query_dict({"options": options}).render_as_string(False)
    with server.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
    server.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Address of an empty database, of each kind in turn."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
def keys() -> Keyring:
    """One key."""
    return Keyring.parse(OLD_KEY)


@pytest.fixture
def store(database_url: str, keys: Keyring) -> Iterator[ConsultStore]:
    """An empty store that notifies by mail and webhook, in each kind of database."""
    store = ConsultStore(database_url, keys, destinations=lambda clinic: ("mail", "webhook"))
    yield store
    store.database.engine.dispose()
