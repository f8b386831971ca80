"""The store of consult requests: each run through the form is one row, whatever is tried again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.exc import SQLAlchemyError

from bot.consult.model import CONSENT, CONSENT_VERSION, ConsultRequest, Contact
from bot.consult.store import REQUESTS, ConsultStore

REQUEST = ConsultRequest(
    clinic="north",
    channel="web",
    conversation="conversation-1",
    form_run="1.5",
    name="Ana",
    contact=Contact(phone="+12127365000"),
    when="mornings",
    reason="back pain",
    consent=CONSENT,
    consent_version=CONSENT_VERSION,
    agreed_at=datetime(2026, 11, 22, 9, 0, tzinfo=timezone.utc),
)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Address of a database in a folder that is not there yet."""
    return f"sqlite:///{tmp_path / 'run' / 'consult.sqlite3'}"


def test_a_request_is_stored_with_all_that_the_patient_agreed_to(url: str) -> None:
    public_id = ConsultStore(url).add(REQUEST)
    with create_engine(url, future=True).connect() as connection:
        row = connection.execute(select(REQUESTS)).mappings().one()
    assert dict(row) == {
        "public_id": public_id,
        "clinic": "north",
        "channel": "web",
        "conversation": "conversation-1",
        "form_run": "1.5",
        "name": "Ana",
        "phone": "+12127365000",
        "email": None,
        "contact_when": "mornings",
        "reason": "back pain",
        "consent": CONSENT,
        "consent_version": CONSENT_VERSION,
        "agreed_at": datetime(2026, 11, 22, 9, 0),
        "status": "new",
    }


def test_the_id_has_eight_signs_that_are_not_read_alike(url: str) -> None:
    public_id = ConsultStore(url).add(REQUEST)
    assert len(public_id) == 8
    assert not set(public_id) & set("01ILOU")


def test_the_same_form_run_twice_is_one_request_with_one_id(url: str) -> None:
    store = ConsultStore(url)
    assert store.add(REQUEST) == store.add(replace(REQUEST, name="Ana again"))
    assert store.count() == 1


@pytest.mark.parametrize("change", [{"form_run": "2.5"}, {"conversation": "conversation-2"}])
def test_another_form_run_or_conversation_is_another_request(url: str, change: dict[str, str]) -> None:
    store = ConsultStore(url)
    assert store.add(REQUEST) != store.add(replace(REQUEST, **change))
    assert store.count() == 2


def test_a_database_that_is_opened_again_holds_what_was_stored(url: str) -> None:
    first = ConsultStore(url).add(REQUEST)
    again = ConsultStore(url)
    assert again.count() == 1
    assert again.add(REQUEST) == first


def test_two_threads_that_store_the_same_form_run_make_one_request(url: str) -> None:
    store, together = ConsultStore(url), Barrier(8)

    def add(_: int) -> str:
        together.wait(10)
        return store.add(REQUEST)

    with ThreadPoolExecutor(8) as pool:
        identifiers = set(pool.map(add, range(8)))
    assert len(identifiers) == 1
    assert store.count() == 1


def test_two_threads_that_store_different_requests_store_both(url: str) -> None:
    store, together = ConsultStore(url), Barrier(8)

    def add(number: int) -> str:
        together.wait(10)
        return store.add(replace(REQUEST, form_run=str(number)))

    with ThreadPoolExecutor(8) as pool:
        identifiers = set(pool.map(add, range(8)))
    assert len(identifiers) == store.count() == 8


def test_a_database_that_cannot_be_opened_is_an_error_of_sqlalchemy(tmp_path: Path) -> None:
    (tmp_path / "consult.sqlite3").mkdir()
    with pytest.raises(SQLAlchemyError):
        ConsultStore(f"sqlite:///{tmp_path / 'consult.sqlite3'}")
