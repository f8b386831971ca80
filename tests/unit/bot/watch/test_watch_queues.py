"""How much waits in the outboxes, read from real databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import create_engine, insert

from bot.channels.sms import tables as sms
from bot.consult.database import Database
from bot.consult.keys import Keyring, make_key
from bot.watch.queues import Queues


def sms_row(number: int, state: str) -> dict[str, object]:
    return {
        "public_id": f"p{number}", "sender": "s", "clinic": "north", "number": "n", "state": state, "via": "rest",
        "attempts": 0, "due": 0.0, "owner": "o", "lease": 0.0, "since": 0.0, "created_at": 0.0,
    }  # fmt: skip


@pytest.fixture
def addresses(tmp_path: Path) -> dict[str, str]:
    """Both databases with their tables; three SMS wait, one was given up, one has gone."""
    found = {name: f"sqlite:///{tmp_path / name}.sqlite3" for name in ("consult", "sms")}
    Database(found["consult"], Keyring.parse(make_key()))
    engine = sms.open_database(found["sms"])
    with engine.begin() as connection:
        for number, state in enumerate(["ready", "check", "handing", "failed", "sent"]):
            connection.execute(insert(sms.OUTBOX).values(**sms_row(number, state)))
    engine.dispose()
    return found


def read(addresses: dict[str, str]) -> CollectorRegistry:
    queues = Queues(addresses)
    queues.sample()
    registry = CollectorRegistry()
    registry.register(queues)
    return registry


def test_waiting_and_given_up_messages_are_counted(addresses: dict[str, str]) -> None:
    registry = read(addresses)
    assert registry.get_sample_value("faqbot_outbox_messages", {"outbox": "sms", "state": "waiting"}) == 3
    assert registry.get_sample_value("faqbot_outbox_messages", {"outbox": "sms", "state": "dead"}) == 1
    assert registry.get_sample_value("faqbot_outbox_messages", {"outbox": "consult", "state": "waiting"}) == 0
    assert registry.get_sample_value("faqbot_outbox_readable", {"outbox": "consult"}) == 1


def test_the_consult_outbox_is_counted_by_its_own_table(addresses: dict[str, str]) -> None:
    with create_engine(addresses["consult"]).begin() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        for number, dead in enumerate(["NULL", "NULL", "'2026-01-01'"]):
            connection.exec_driver_sql(
                "INSERT INTO consult_outbox (id, public_id, clinic, event, kind, created_at, due, attempts, dead_at)"
                f" VALUES ('{number}', 'p', 'north', 'new', 'mail', '2026-01-01', 0, 0, {dead})"
            )
    registry = read(addresses)
    assert registry.get_sample_value("faqbot_outbox_messages", {"outbox": "consult", "state": "waiting"}) == 2
    assert registry.get_sample_value("faqbot_outbox_messages", {"outbox": "consult", "state": "dead"}) == 1


def test_an_outbox_without_a_table_is_in_no_use(tmp_path: Path) -> None:
    registry = read({"sms": f"sqlite:///{tmp_path / 'none.sqlite3'}"})
    assert registry.get_sample_value("faqbot_outbox_readable", {"outbox": "sms"}) is None


def test_a_database_that_cannot_be_read_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "bad.sqlite3").write_text("no database at all " * 100)
    registry = read({"sms": f"sqlite:///{tmp_path / 'bad.sqlite3'}"})
    assert registry.get_sample_value("faqbot_outbox_readable", {"outbox": "sms"}) == 0
    assert registry.get_sample_value("faqbot_outbox_messages", {"outbox": "sms", "state": "waiting"}) is None
