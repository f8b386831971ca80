"""action_submit_consult: stored once and only with consent, and the patient knows which it was."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import create_engine, select
from sqlalchemy.exc import OperationalError

from actions import submit_consult
from actions.submit_consult import FAILED, LEFT, STORED, SubmitConsult
from actions.validate_consult_form import FIELDS
from bot.consult.model import CONSENT, CONSENT_VERSION
from bot.consult.store import REQUESTS, ConsultStore
from knowledge import gsm7

Heard = Callable[..., Tracker]

FILLED = {
    "consult_name": "Ana",
    "consult_contact": "+12127365000",
    "consult_when": "mornings",
    "consult_reason": "back pain",
    "consult_consent": True,
    "consult_tries": 2,
    "offered": "consult",
}
BEGUN = [{"event": "active_loop", "name": "consult_form", "timestamp": 1000.25}]
CLEARED = {*FIELDS, "consult_left", "consult_tries", "offered"}


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Address of the test's database."""
    return f"sqlite:///{tmp_path / 'consult.sqlite3'}"


@pytest.fixture
def store(url: str, monkeypatch: pytest.MonkeyPatch) -> ConsultStore:
    """The store that the action uses."""
    store = ConsultStore(url)
    monkeypatch.setattr(submit_consult, "consult_store", lambda: store)
    return store


def run(tracker: Tracker) -> str:
    """Run the action, check that it empties the form, and return what it said."""
    dispatcher = CollectingDispatcher()
    events = SubmitConsult().run(dispatcher, tracker, {})
    assert {e["name"] for e in events if e["value"] is None} == CLEARED
    (message,) = dispatcher.messages
    assert message["custom"]["kind"] == "consult"
    return str(message["text"])


def rows(url: str) -> list[dict[str, Any]]:
    """What the database holds."""
    with create_engine(url, future=True).connect() as connection:
        return [dict(row) for row in connection.execute(select(REQUESTS)).mappings()]


def test_with_consent_the_request_is_stored_as_it_was_read_back(store: ConsultStore, url: str, heard: Heard) -> None:
    text = run(heard("yes", slots=FILLED, events=BEGUN))
    (row,) = rows(url)
    assert text == STORED.format(id=row["public_id"])
    assert {k: v for k, v in row.items() if k not in {"public_id", "agreed_at"}} == {
        "clinic": "north",
        "channel": "web",
        "conversation": "conversation-1",
        "form_run": "1000.250000",
        "name": "Ana",
        "phone": "+12127365000",
        "email": None,
        "contact_when": "mornings",
        "reason": "back pain",
        "consent": CONSENT,
        "consent_version": CONSENT_VERSION,
        "status": "new",
    }


def test_an_email_address_is_stored_as_one(store: ConsultStore, url: str, heard: Heard) -> None:
    run(heard("yes", slots={**FILLED, "consult_contact": "ana@example.com"}, events=BEGUN))
    assert [(r["phone"], r["email"]) for r in rows(url)] == [(None, "ana@example.com")]


def test_a_retry_of_the_same_form_run_stores_nothing_more_and_says_the_same(
    store: ConsultStore, url: str, heard: Heard
) -> None:
    first = run(heard("yes", slots=FILLED, events=BEGUN))
    assert run(heard("yes", slots=FILLED, events=BEGUN)) == first
    assert len(rows(url)) == 1


def test_a_second_run_through_the_form_is_a_second_request(store: ConsultStore, url: str, heard: Heard) -> None:
    ended = {"event": "active_loop", "name": None, "timestamp": 1001.0}
    again = {"event": "active_loop", "name": "consult_form", "timestamp": 1002.0}
    run(heard("yes", slots=FILLED, events=BEGUN))
    run(heard("yes", slots=FILLED, events=[*BEGUN, ended, again]))
    assert [r["form_run"] for r in rows(url)] == ["1000.250000", "1002.000000"]


@pytest.mark.parametrize("consent", [None, False, "yes", 1])
def test_without_consent_nothing_is_stored_and_that_is_said(
    store: ConsultStore, url: str, heard: Heard, consent: object
) -> None:
    assert run(heard("no", slots={**FILLED, "consult_consent": consent}, events=BEGUN)) == LEFT
    assert rows(url) == []


@pytest.mark.parametrize("turn", [{"clinic": None}, {"channel": "rest"}])
def test_without_a_bound_clinic_nothing_is_stored(
    store: ConsultStore, url: str, heard: Heard, turn: dict[str, Any]
) -> None:
    assert run(heard("yes", slots=FILLED, events=BEGUN, **turn)) == LEFT
    assert rows(url) == []


def test_a_database_that_fails_is_told_to_the_patient_and_to_the_log(
    heard: Heard, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def add(self, request: object) -> str:
            raise OperationalError("INSERT", {}, Exception("disk full"))

    monkeypatch.setattr(submit_consult, "consult_store", Broken)
    text = run(heard("yes", slots=FILLED, events=BEGUN))
    assert text == FAILED
    assert "nobody will call" in text
    assert "a consult request could not be stored" in caplog.text


def test_a_database_that_fails_leaves_no_contact_in_the_log(
    store: ConsultStore, url: str, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    with create_engine(url, future=True).begin() as connection:
        connection.exec_driver_sql("DROP TABLE consult_requests")
    assert run(heard("yes", slots=FILLED, events=BEGUN)) == FAILED
    assert "+12127365000" not in caplog.text


def test_the_database_is_only_opened_with_consent(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submit_consult, "consult_store", lambda: pytest.fail("opened"))
    assert run(heard("never mind", slots={"consult_left": True})) == LEFT


@pytest.mark.parametrize("text", [STORED.format(id="ABCD2345"), LEFT, FAILED])
def test_what_is_said_at_the_end_fits_an_sms(text: str) -> None:
    assert gsm7.outside(text) == set()
    assert gsm7.length(text) <= gsm7.MAX_CHARACTERS
    assert not re.search(r"[{}]", text)
