"""Checks 24 and 26: nothing to read in the files of the database, and nothing left of what was erased."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text

from bot.consult import audit
from bot.consult.clinics import Clinics
from bot.consult.conversations import EVENTS, erase_conversations, purge_conversations
from bot.consult.errors import ConsultError, ConsultKeyError
from bot.consult.filters import Filter
from bot.consult.forget import erase_by_contact, purge
from bot.consult.keys import Keyring
from bot.consult.queue import StaffQueue
from bot.consult.rotation import rotate_keys
from bot.consult.store import ConsultStore
from bot.consult.tables import METADATA, NOTES, OUTBOX, REQUESTS, SUBMISSIONS
from tests.consult.fixtures import EMAIL, NEW_KEY, NOW, OLD_KEY, PHONE, a_full_request, a_request

CANARIES = ("Zebulon Quick", "zebulon@example.org", "+12125550199", "2125550199", "canary words", "canary question")
CANARY = {
    "name": CANARIES[0],
    "email": CANARIES[1],
    "phone": CANARIES[2],
    "contact_when": "canary words in the morning",
    "reason_text": "canary words about cost",
    "history": ("canary question?",),
}


def raw_bytes(store: ConsultStore) -> bytes:
    """All that the database holds, as bytes: its files, or a dump of every value."""
    if store.database.sqlite:
        file = Path(str(store.database.engine.url.database))
        return b"".join(part.read_bytes() for part in sorted(file.parent.glob(file.name + "*")))
    with store.database.read() as connection:
        return repr([connection.execute(select(table)).all() for table in METADATA.sorted_tables]).encode()


def found_in(data: bytes, words: Iterable[str]) -> list[str]:
    """Which of the words stand there, whatever the capitals."""
    return [word for word in words if word.lower().encode() in data.lower()]


def test_check_24_nothing_personal_in_a_log_at_debug_or_in_the_files(
    database_url: str, keys: Keyring, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, logger="sqlalchemy"):
        store = ConsultStore(database_url, keys, destinations=lambda clinic: ("mail",))
        public_id = store.add(a_full_request(**CANARY)).public_id
        store.add(a_full_request(**CANARY))
        store.add(a_full_request(form_run="2", **CANARY))
        queue = StaffQueue(store.database, actor="ana", clinics=None)
        queue.add_note(public_id, "canary words of staff")
        (seen,) = queue.list(Filter(search=CANARIES[1]), name="zebulon")
        assert seen.latest.name == CANARIES[0]
        assert queue.export(Filter(search=CANARIES[2]), form="csv") == (queue.get(public_id),)
        rotate_keys(store.database, actor="ana")
    assert "INSERT INTO consult_submissions" in caplog.text, "the log was at DEBUG"
    assert found_in(caplog.text.encode(), CANARIES) == []
    data = raw_bytes(store)
    assert found_in(data, [public_id]) == [public_id], "the files were read"
    assert found_in(data, CANARIES) == []


@pytest.mark.parametrize("table", ["consult_submissions", "consult_outbox"])
def test_check_24_nothing_personal_in_an_exception(
    database_url: str, keys: Keyring, table: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, logger="sqlalchemy"):
        store = ConsultStore(database_url, keys, destinations=lambda clinic: ("mail",))
    with store.database.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TABLE {table}")
    request = a_full_request(**CANARY)
    with caplog.at_level(logging.DEBUG), pytest.raises(ConsultError) as caught:
        try:
            store.add(request)
        except ConsultError:
            logging.getLogger("test").exception("could not be stored: %r", request)
            raise
    told = caplog.text + "".join(traceback.format_exception(caught.value))
    assert "could not be stored" in told
    assert found_in(told.encode(), CANARIES) == []


def test_check_26_retention_removes_a_request_when_it_is_over_and_not_before(store: ConsultStore) -> None:
    days = {"north": {"retention_days": {"requests": 30}}, "south": {"retention_days": {"requests": 90}}}
    clinics = Clinics.parse_obj({"clinics": days})
    kept = store.add(a_request(form_run="2", clinic="south")).public_id
    gone = store.add(a_full_request(**CANARY)).public_id
    assert purge(store.database, clinics, now=NOW + timedelta(days=30), actor="worker").requests == ()
    after = NOW + timedelta(days=30, seconds=1)
    erased = purge(store.database, clinics, now=after, actor="worker")
    assert (erased.requests, erased.conversations) == ((gone,), ("conversation-1",))
    assert [r.public_id for r in StaffQueue(store.database, actor="ana", clinics=None).list(Filter())] == [kept]
    assert ("worker", "purge", gone) in [(r.actor, r.action, r.public_id) for r in audit.trail(store.database)]


def test_check_26_erase_by_phone_removes_all_and_its_bytes(store: ConsultStore) -> None:
    first = store.add(a_full_request(**CANARY)).public_id
    second = store.add(a_full_request(form_run="2", conversation="c-2", clinic="south", **CANARY)).public_id
    other = store.add(a_request(form_run="3")).public_id
    StaffQueue(store.database, actor="ana", clinics=None).add_note(first, "called")
    with store.database.read() as connection:
        sealed = list(connection.execute(select(SUBMISSIONS.c.name_sealed)).scalars())
        sealed += list(connection.execute(select(NOTES.c.text_sealed)).scalars())
    assert len(found_in(raw_bytes(store), sealed)) == 4
    erased = erase_by_contact(store.database, CANARIES[2], actor="ana")
    assert set(erased.requests) == {first, second}
    assert set(erased.conversations) == {"conversation-1", "c-2"}
    with store.database.read() as connection:
        for table in (REQUESTS, SUBMISSIONS, OUTBOX):
            assert set(connection.execute(select(table.c.public_id)).scalars()) == {other}
        assert connection.execute(select(NOTES)).all() == []
    assert len(found_in(raw_bytes(store), sealed)) == 1, "the sealed values are gone from the files too"
    assert erase_by_contact(store.database, CANARIES[2], actor="ana").requests == ()


def test_check_26_erasing_stays_within_the_clinics_that_the_person_may(store: ConsultStore) -> None:
    north = store.add(a_request()).public_id
    store.add(a_request(form_run="2", clinic="south"))
    assert erase_by_contact(store.database, PHONE, actor="ana", clinics=("north",)).requests == (north,)
    assert store.count() == 1


def rasa_like(url: str, events: Iterable[tuple[str, float, str]]) -> None:
    """A tracker store with (conversation, seconds since 1970, clinic) of user events, filled as Rasa's."""
    engine = create_engine(url, future=True)
    with engine.begin() as connection:
        EVENTS.metadata.create_all(connection)
        for sender, at, clinic in events:
            data = {"event": "user", "text": f"canary words of {sender}", "metadata": {"clinic": clinic}}
            row = {"sender_id": sender, "type_name": "user", "timestamp": at, "data": json.dumps(data)}
            connection.execute(EVENTS.insert().values(**row))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def tracker_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of an empty database for conversations."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'tracker.sqlite3'}"
    return str(request.getfixturevalue("postgres_url"))


def conversations(url: str) -> set[str]:
    """Those that the tracker store holds."""
    engine = create_engine(url, future=True)
    with engine.connect() as connection:
        found = set(connection.execute(select(EVENTS.c.sender_id)).scalars())
    engine.dispose()
    return found


def test_check_26_retention_removes_whole_conversations_by_clinic(tracker_url: str, tmp_path: Path) -> None:
    now = datetime(2026, 11, 24, tzinfo=timezone.utc)

    def before(days: float) -> float:
        return (now - timedelta(days=days)).timestamp()

    rows = [
        ("aged", before(40), "north"),
        ("aged", before(31), "north"),
        ("fresh", before(40), "north"),
        ("fresh", before(29), "north"),
        ("longer", before(40), "south"),
        ("unbound", before(31), ""),
    ]
    rasa_like(tracker_url, rows)
    days = {"north": 30, "south": 90, "": 30}
    assert set(purge_conversations(tracker_url, now=now, days=days.__getitem__)) == {"aged", "unbound"}
    assert conversations(tracker_url) == {"fresh", "longer"}
    assert purge_conversations(tracker_url, now=now, days=days.__getitem__) == ()
    if tracker_url.startswith("sqlite"):
        data = (tmp_path / "tracker.sqlite3").read_bytes()
        assert found_in(data, ["words of aged", "words of unbound"]) == []
        assert found_in(data, ["words of fresh"]) == ["words of fresh"]


def test_check_26_erased_conversations_leave_no_bytes(tmp_path: Path) -> None:
    file = tmp_path / "tracker.sqlite3"
    url = f"sqlite:///{file}"
    rasa_like(url, [("mine", 1.0, "north"), ("yours", 1.0, "north")])
    assert found_in(file.read_bytes(), ["words of mine"]) == ["words of mine"]
    assert erase_conversations(url, ["mine", "never-was"]) == 1
    assert found_in(file.read_bytes(), ["words of mine", "words of yours"]) == ["words of yours"]
    assert erase_conversations(url, ["mine"]) == 0


def test_a_tracker_store_that_rasa_has_not_begun_holds_nothing(tracker_url: str) -> None:
    assert erase_conversations(tracker_url, ["mine"]) == 0
    assert purge_conversations(tracker_url, now=NOW, days=len) == ()


def test_a_tracker_store_that_cannot_be_read_is_told_with_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ConsultError, match="FAQBOT_TRACKER_URL"):
        erase_conversations(f"sqlite:///{tmp_path / 'none' / 'none.sqlite3'}", ["mine"])


def test_keys_rotate_and_the_old_one_may_go(database_url: str) -> None:
    old = ConsultStore(database_url, Keyring.parse(OLD_KEY))
    request = a_full_request()
    public_id = old.add(request).public_id
    StaffQueue(old.database, actor="ana", clinics=None).add_note(public_id, "called")
    both = ConsultStore(database_url, Keyring.parse(f"{NEW_KEY},{OLD_KEY}"))
    later = a_request(form_run="2", created_at=NOW + timedelta(hours=1))
    assert both.add(later).public_id == public_id, "found by the hash of the old key"
    assert rotate_keys(both.database, actor="ana") == 2
    assert rotate_keys(both.database, actor="ana") == 0
    new = ConsultStore(database_url, Keyring.parse(NEW_KEY))
    (found,) = StaffQueue(new.database, actor="ana", clinics=None).list(Filter(search=EMAIL))
    assert found.submissions[0] == request and found.notes[0].text == "called"
    assert b"old:" not in raw_bytes(new)
    with pytest.raises(ConsultKeyError):
        ConsultStore(database_url, Keyring.parse(OLD_KEY))


def test_a_value_that_was_moved_or_altered_does_not_open(store: ConsultStore) -> None:
    store.add(a_request())
    store.add(a_request(form_run="2", name="Bo Example", phone="+12125550124"))
    with store.database.engine.begin() as connection:
        connection.execute(
            text("UPDATE consult_submissions SET name_sealed = (SELECT min(name_sealed) FROM consult_submissions)")
        )
    with pytest.raises(ConsultKeyError, match="cannot be opened"):
        StaffQueue(store.database, actor="ana", clinics=None).list(Filter())
