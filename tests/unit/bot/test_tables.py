"""Processes that start at the same moment, on the same empty database, all find its tables."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, create_engine, event, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from bot.channels.sms import tables as sms
from bot.channels.sms.ledger import Ledger
from bot.channels.sms.privacy import Keys
from bot.shared_switch import OFF, SharedSwitch
from bot.tables import alone, make_tables
from tests.consult.fixtures import database_url, postgres_url, sqlite_url

__all__ = ["database_url", "postgres_url", "sqlite_url"]

SLOW = 0.3  # seconds between the look for a table and the making of it: the other process looks meanwhile


@contextmanager
def held_up(table: Table) -> Iterator[threading.Event]:
    """The first process that makes a table is held up just before; the event tells that it is there."""
    there = threading.Event()

    def wait(*_: Any, **__: Any) -> None:
        if not there.is_set():
            there.set()
            time.sleep(SLOW)

    event.listen(table, "before_create", wait)
    try:
        yield there
    finally:
        event.remove(table, "before_create", wait)


def of_switch(url: str) -> bool:
    """A server's switch, which is looked at for the first time."""
    seen = SharedSwitch(url)
    try:
        return seen.is_off("pain-team")
    finally:
        seen.close()


def of_sms(url: str) -> bool:
    """The ledger of text messages; nothing is off there."""
    engine = sms.open_database(url)
    with engine.connect() as connection:
        found = connection.execute(select(sms.INBOX)).all()
    engine.dispose()
    return bool(found)


@pytest.mark.parametrize(("opened", "table"), [(of_switch, OFF), (of_sms, sms.INBOX)])
def test_two_that_start_together_both_find_the_tables(
    database_url: str, tmp_path: Path, opened: Callable[[str], bool], table: Table
) -> None:
    (tmp_path / "database").mkdir()
    with held_up(table) as there, ThreadPoolExecutor(2) as pool:
        first = pool.submit(opened, database_url)
        assert there.wait(5)
        second = pool.submit(opened, database_url)
        assert (first.result(), second.result()) == (False, False)


def test_two_ledgers_that_start_together_have_the_same_key(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = Keys("s" * 32)
    looked, sealed = threading.Event(), keys.seal

    def slowly(text: str) -> str:
        if not looked.is_set():
            looked.set()
            time.sleep(SLOW)
        return sealed(text)

    monkeypatch.setattr(keys, "seal", slowly)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(Ledger, database_url, keys, clock=time.time)
        assert looked.wait(5)
        second = pool.submit(Ledger, database_url, keys, clock=time.time)
        for ledger in (first.result(), second.result()):
            ledger.close()


def test_tables_that_are_there_are_neither_made_nor_waited_for(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "database").mkdir()
    engine, other = create_engine(database_url, future=True), create_engine(database_url, future=True)
    make_tables(engine, OFF.metadata)
    with engine.begin() as connection, ThreadPoolExecutor(1) as pool:
        alone(connection)
        pool.submit(make_tables, other, OFF.metadata).result(timeout=2)
    engine.dispose()
    other.dispose()


def test_a_database_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    engine: Engine = create_engine(f"sqlite:///{tmp_path}", future=True)
    with pytest.raises(OperationalError):
        make_tables(engine, OFF.metadata)
