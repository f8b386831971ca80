"""The store of consult requests: each run through the form is stored once, whatever is tried again."""

from __future__ import annotations

import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from bot.consult.database import Database
from bot.consult.errors import ConsultError, ConsultKeyError
from bot.consult.filters import Filter
from bot.consult.keys import Keyring
from bot.consult.queue import StaffQueue
from bot.consult.records import StoredRequest
from bot.consult.store import ALPHABET, ConsultStore
from bot.consult.tables import OUTBOX, REQUESTS, SUBMISSIONS
from tests.consult.fixtures import EMAIL, NEW_KEY, NOW, OLD_KEY, PHONE, a_full_request, a_request


def staff(store: ConsultStore) -> StaffQueue:
    """Somebody who may see all."""
    return StaffQueue(store.database, actor="ana", clinics=None)


def stored(store: ConsultStore) -> tuple[StoredRequest, ...]:
    """All requests."""
    return staff(store).list(Filter())


def rows(store: ConsultStore, table: Any) -> list[dict[str, Any]]:
    """All rows of a table."""
    with store.database.read() as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]


@pytest.mark.parametrize(
    "request_", [a_request(), a_full_request(), a_request(phone=None, email=EMAIL, contact_method="email")]
)
def test_a_request_comes_back_as_it_was_agreed_to(store: ConsultStore, request_: Any) -> None:
    receipt = store.add(request_)
    (found,) = stored(store)
    assert found.submissions == (request_,)
    assert found.latest == request_
    assert (found.public_id, found.status, found.assignee, found.urgent) == (
        receipt.public_id, "new", None, request_.urgent,
    )  # fmt: skip
    assert (receipt.appended, receipt.existing) == (False, False)


def test_personal_fields_are_sealed_in_the_row_and_the_rest_is_plain(store: ConsultStore) -> None:
    store.add(a_full_request())
    (row,) = rows(store, SUBMISSIONS)
    text = repr(row)
    for value in ("Ana", PHONE, PHONE[2:], EMAIL, "weekday", "series", "how much"):
        assert value not in text
    assert all(row[column].startswith("old:") for column in row if column.endswith("_sealed"))
    assert row["reason"] == "cost"


def test_the_same_words_are_sealed_differently_each_time(store: ConsultStore) -> None:
    store.add(a_request())
    store.add(a_request(form_run="2", clinic="south"))
    first, second = rows(store, SUBMISSIONS)
    assert first["name_sealed"] != second["name_sealed"]
    assert first["phone_hash"] == second["phone_hash"]


def test_the_id_has_eight_signs_that_are_not_read_alike(store: ConsultStore) -> None:
    public_id = store.add(a_request()).public_id
    assert len(public_id) == 8
    assert not set(public_id) & set("01ILOU")
    assert set(public_id) <= set(ALPHABET)


def test_the_same_form_run_twice_is_one_request_with_one_id_and_one_notification_each(store: ConsultStore) -> None:
    first = store.add(a_request())
    again = store.add(a_request(name="Ana again"))
    assert again.public_id == first.public_id and again.existing
    (found,) = stored(store)
    assert [s.name for s in found.submissions] == ["Ana Example"]
    assert sorted(row["kind"] for row in rows(store, OUTBOX)) == ["mail", "webhook"]


@pytest.mark.parametrize("change", [{"form_run": "2.5"}, {"conversation": "conversation-2", "channel": "sms"}])
def test_a_second_request_of_the_same_contact_within_a_day_is_appended(
    store: ConsultStore, change: dict[str, str]
) -> None:
    first = store.add(a_request())
    later = a_request(created_at=NOW + timedelta(hours=23), reason_text="parking too", **change)
    receipt = store.add(later)
    assert receipt.public_id == first.public_id and receipt.appended and not receipt.existing
    (found,) = stored(store)
    assert [s.reason_text for s in found.submissions] == ["the price of a series", "parking too"]
    assert sorted(row["event"] for row in rows(store, OUTBOX)) == ["appended", "appended", "created", "created"]


def test_the_email_alone_makes_it_the_same_contact_whatever_its_capitals(store: ConsultStore) -> None:
    store.add(a_request(email=EMAIL))
    again = a_request(form_run="2", phone=None, email=EMAIL.upper(), contact_method="email")
    assert store.add(again).appended


@pytest.mark.parametrize(
    "change",
    [
        {"clinic": "south"},
        {"phone": "+12125550124"},
        {"created_at": NOW + timedelta(hours=24, seconds=1)},
    ],
)
def test_another_clinic_contact_or_day_is_another_request(store: ConsultStore, change: dict[str, Any]) -> None:
    first = store.add(a_request())
    second = store.add(a_request(form_run="2", **change))
    assert second.public_id != first.public_id and not second.appended
    assert store.count() == 2


@pytest.mark.parametrize("status", ["closed", "spam"])
def test_nothing_is_appended_to_a_closed_request(store: ConsultStore, status: str) -> None:
    first = store.add(a_request())
    staff(store).set_status(first.public_id, status)
    assert store.add(a_request(form_run="2")).public_id != first.public_id


def test_a_request_that_is_appended_to_is_new_again_and_due_again(store: ConsultStore) -> None:
    first = store.add(a_request())
    staff(store).set_status(first.public_id, "contacted")
    later = NOW + timedelta(hours=5)
    store.add(a_request(form_run="2", created_at=later, urgent=True))
    (found,) = stored(store)
    assert (found.status, found.urgent, found.due_at) == ("new", True, later + timedelta(days=1))


def test_asking_twice_puts_nothing_off(store: ConsultStore) -> None:
    store.add(a_request())
    store.add(a_request(form_run="2", created_at=NOW + timedelta(hours=5)))
    (found,) = stored(store)
    assert found.due_at == NOW + timedelta(days=1)


def test_without_a_destination_nobody_is_notified(sqlite_url: str, keys: Keyring) -> None:
    store = ConsultStore(sqlite_url, keys)
    store.add(a_request())
    assert rows(store, OUTBOX) == []


def test_what_fails_half_way_stores_nothing(store: ConsultStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(clinic: str) -> tuple[str, ...]:
        raise RuntimeError("while the notifications are written")

    monkeypatch.setattr(store, "_destinations", fails)
    with pytest.raises(RuntimeError):
        store.add(a_request())
    assert [rows(store, table) for table in (REQUESTS, SUBMISSIONS, OUTBOX)] == [[], [], []]


def test_a_database_that_is_opened_again_holds_what_was_stored(database_url: str, keys: Keyring) -> None:
    first = ConsultStore(database_url, keys).add(a_request())
    again = ConsultStore(database_url, keys)
    assert again.count() == 1
    assert again.add(a_request()).public_id == first.public_id


def test_threads_that_store_the_same_form_run_make_one_request(store: ConsultStore) -> None:
    together = Barrier(8)

    def add(_: int) -> str:
        together.wait(10)
        return store.add(a_request()).public_id

    with ThreadPoolExecutor(8) as pool:
        identifiers = set(pool.map(add, range(8)))
    assert len(identifiers) == store.count() == len(rows(store, SUBMISSIONS)) == 1


def test_threads_that_store_for_the_same_contact_make_one_request_of_all(store: ConsultStore) -> None:
    together = Barrier(8)

    def add(number: int) -> str:
        together.wait(10)
        return store.add(a_request(form_run=str(number))).public_id

    with ThreadPoolExecutor(8) as pool:
        identifiers = set(pool.map(add, range(8)))
    assert len(identifiers) == store.count() == 1
    assert len(rows(store, SUBMISSIONS)) == 8


def test_a_database_that_cannot_be_opened_is_an_error_with_the_setting(tmp_path: Path, keys: Keyring) -> None:
    (tmp_path / "consult.sqlite3").mkdir()
    with pytest.raises(ConsultError, match="FAQBOT_DATABASE_URL"):
        Database(f"sqlite:///{tmp_path / 'consult.sqlite3'}", keys)


@pytest.mark.parametrize("url", ["nonsense", "oracle-of-delphi://x"])
def test_an_address_that_is_none_is_an_error_with_the_setting(url: str, keys: Keyring) -> None:
    with pytest.raises(ConsultError, match="FAQBOT_DATABASE_URL"):
        Database(url, keys)


def test_a_password_in_the_address_is_in_no_error(keys: Keyring) -> None:
    password = "-".join(("canary", "password"))  # a traceback quotes the lines of this test
    with pytest.raises(ConsultError) as caught:
        Database(f"postgresql://someone:{password}@127.0.0.1:1/none", keys)
    assert password not in "".join(traceback.format_exception(caught.value))


def test_without_the_key_of_the_database_it_does_not_open(database_url: str) -> None:
    ConsultStore(database_url, Keyring.parse(OLD_KEY)).add(a_request())
    with pytest.raises(ConsultKeyError, match="'old', which is missing; add it again to FAQBOT_CONSULT_KEYS"):
        ConsultStore(database_url, Keyring.parse(NEW_KEY))


def test_another_key_under_the_same_id_does_not_open_the_database(database_url: str) -> None:
    ConsultStore(database_url, Keyring.parse(OLD_KEY))
    with pytest.raises(ConsultKeyError, match="key 'old' is another"):
        ConsultStore(database_url, Keyring.parse(NEW_KEY.replace("new:", "old:")))
