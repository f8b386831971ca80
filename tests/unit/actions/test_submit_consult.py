"""action_submit_consult: stored once and only with consent, and the patient knows which it was."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import create_engine

from actions import consult_context, submit_consult
from actions.ask_consult_consent import AskConsultConsent
from actions.submit_consult import (
    APPENDED,
    FAILED,
    FORM,
    GAVE_UP,
    IN_CRISIS,
    LEFT,
    NO_EMERGENCY,
    STORED,
    SubmitConsult,
)
from actions.validate_consult_form import ValidateConsultForm
from bot.consult.clinics import DAYS, Clinics
from bot.consult.conversation.steps import FIELDS, HELPERS
from bot.consult.errors import ConsultError
from bot.consult.filters import Filter
from bot.consult.keys import Keyring
from bot.consult.model import CONSENT, CONSENT_VERSION, SMS_CONSENT, ConsultRequest, Receipt
from bot.consult.queue import StaffQueue
from bot.consult.store import ConsultStore
from knowledge import gsm7
from tests.consult.fixtures import keys

__all__ = ["keys"]

Heard = Callable[..., Tracker]

FILLED = {
    "consult_name": "Ana",
    "consult_contact": "+12127365000",
    "consult_when": "mornings",
    "consult_how": "call",
    "consult_reason": "other",
    "consult_words": "back pain",
    "consult_consent": True,
    "consult_tries": 2,
    "offered": "consult",
}
BEGUN = [{"event": "active_loop", "name": "consult_form", "timestamp": 1000.25}]
CLEARED = {*FIELDS, *HELPERS, "offered"}
EXPECT = "Staff will contact you as soon as they can."

pytestmark = pytest.mark.usefixtures("unknown_hours")


@pytest.fixture
def unknown_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    """No clinic has set its hours."""
    monkeypatch.setattr(consult_context, "consult_clinics", Clinics)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Address of the test's database."""
    return f"sqlite:///{tmp_path / 'consult.sqlite3'}"


@pytest.fixture
def store(url: str, keys: Keyring, monkeypatch: pytest.MonkeyPatch) -> ConsultStore:
    """The store that the action uses."""
    store = ConsultStore(url, keys)
    monkeypatch.setattr(submit_consult, "consult_store", lambda: store)
    return store


def run(tracker: Tracker) -> str:
    """Run the action, check that it empties the form, and return what it said."""
    dispatcher = CollectingDispatcher()
    events = asyncio.run(SubmitConsult().run(dispatcher, tracker, {}))
    assert {e["name"] for e in events if e["value"] is None} == CLEARED
    (message,) = dispatcher.messages
    assert message["custom"]["kind"] == "consult"
    return str(message["text"])


def submissions(store: ConsultStore) -> list[tuple[str, ConsultRequest]]:
    """What is stored: the id of each request, and what the patient agreed to."""
    found = StaffQueue(store.database, actor="test", clinics=None).list(Filter())
    return [(request.public_id, submission) for request in found for submission in request.submissions]


def test_with_consent_the_request_is_stored_as_it_was_read_back(store: ConsultStore, heard: Heard) -> None:
    text = run(heard("yes", slots=FILLED, events=BEGUN))
    ((public_id, request),) = submissions(store)
    assert text == STORED.format(id=public_id, expect=EXPECT, help=NO_EMERGENCY)
    assert (request.clinic, request.channel, request.conversation, request.form_run) == (
        "north", "web", "conversation-1", "1000.250000",
    )  # fmt: skip
    assert (request.name, request.phone, request.email) == ("Ana", "+12127365000", None)
    assert (request.contact_method, request.contact_when, request.reason_text) == ("call", "mornings", "back pain")
    assert (request.consent.words, request.consent.version) == (CONSENT, CONSENT_VERSION)
    assert request.sms_consent is None


def test_an_email_address_is_stored_as_one(store: ConsultStore, heard: Heard) -> None:
    run(heard("yes", slots={**FILLED, "consult_contact": "ana@example.com", "consult_how": "email"}, events=BEGUN))
    ((_, request),) = submissions(store)
    assert (request.phone, request.email, request.contact_method) == (None, "ana@example.com", "email")


def test_a_retry_of_the_same_form_run_stores_nothing_more_and_says_the_same(store: ConsultStore, heard: Heard) -> None:
    first = run(heard("yes", slots=FILLED, events=BEGUN))
    assert run(heard("yes", slots=FILLED, events=BEGUN)) == first
    assert len(submissions(store)) == 1


async def test_while_the_database_is_busy_the_server_goes_on(
    store: ConsultStore, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone_on = threading.Event()
    add = store.add

    def wait(request: ConsultRequest) -> Receipt:
        assert gone_on.wait(5), "the event loop stood still"
        return add(request)

    monkeypatch.setattr(store, "add", wait)
    asyncio.get_running_loop().call_later(0.01, gone_on.set)
    await SubmitConsult().run(CollectingDispatcher(), heard("yes", slots=FILLED, events=BEGUN), {})
    assert len(submissions(store)) == 1


def test_a_second_run_through_the_form_joins_the_first_request(store: ConsultStore, heard: Heard) -> None:
    ended = {"event": "active_loop", "name": None, "timestamp": 1001.0}
    again = {"event": "active_loop", "name": "consult_form", "timestamp": 1002.0}
    first = run(heard("yes", slots=FILLED, events=BEGUN))
    second = run(heard("yes", slots=FILLED, events=[*BEGUN, ended, again]))
    ((public_id, _), _) = submissions(store)
    assert public_id in first
    assert second == APPENDED.format(id=public_id, expect=EXPECT, help=NO_EMERGENCY)
    assert sorted(request.form_run for _, request in submissions(store)) == ["1000.250000", "1002.000000"]


@pytest.mark.parametrize("consent", [None, False, "yes", 1])
def test_without_consent_nothing_is_stored_and_that_is_said(store: ConsultStore, heard: Heard, consent: object) -> None:
    assert run(heard("no", slots={**FILLED, "consult_consent": consent}, events=BEGUN)) == LEFT
    assert submissions(store) == []


@pytest.mark.parametrize("turn", [{"clinic": None}, {"channel": "rest"}])
def test_without_a_bound_clinic_nothing_is_stored(store: ConsultStore, heard: Heard, turn: dict[str, Any]) -> None:
    assert run(heard("yes", slots=FILLED, events=BEGUN, **turn)) == LEFT
    assert submissions(store) == []


class Broken:
    """A store that cannot store."""

    def add(self, request: object) -> Receipt:
        """Refuse."""
        raise ConsultError("the consult database failed (disk full)")


def failed(tracker: Tracker) -> Tracker:
    """Run the action, which cannot store, and return the conversation as it is then."""
    dispatcher = CollectingDispatcher()
    events = asyncio.run(SubmitConsult().run(dispatcher, tracker, {}))
    assert [m["text"] for m in dispatcher.messages] == [FAILED]
    slots = {**tracker.slots, **{e["name"]: e["value"] for e in events if e["event"] == "slot"}}
    message = tracker.latest_message
    return Tracker("conversation-1", slots, message, [*tracker.events, *events], False, None, {"name": FORM}, None)


def test_a_database_that_fails_is_told_to_the_patient_and_to_the_log(
    heard: Heard, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(submit_consult, "consult_store", Broken)
    failed(heard("yes", slots=FILLED, events=BEGUN))
    assert "nobody will call" in FAILED
    assert "a consult request could not be stored" in caplog.text


def test_a_database_that_fails_leaves_no_contact_in_the_log(
    store: ConsultStore, url: str, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    with create_engine(url, future=True).begin() as connection:
        connection.exec_driver_sql("DROP TABLE consult_submissions")
    failed(heard("yes", slots=FILLED, events=BEGUN))
    assert "+12127365000" not in caplog.text


def test_what_could_not_be_stored_is_kept_and_the_form_asks_for_consent_again(
    heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submit_consult, "consult_store", Broken)
    later = failed(heard("yes", slots=FILLED, events=BEGUN))
    assert later.slots == {**FILLED, "consult_consent": None}
    assert later.events[-1]["name"] == FORM
    dispatcher = CollectingDispatcher()
    asyncio.run(ValidateConsultForm().run(dispatcher, later, {"forms": {FORM: {"required_slots": list(FIELDS)}}}))
    assert dispatcher.messages == []  # nothing that the patient has not said is judged


def test_a_later_yes_stores_what_could_not_be_stored_as_the_same_run(
    store: ConsultStore, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setattr(submit_consult, "consult_store", Broken)
        first = failed(heard("yes", slots=FILLED, events=BEGUN))
        later = failed(heard("yes", slots=FILLED, events=first.events))
    assert "request number" in run(heard("yes", slots=FILLED, events=later.events))
    ((_, request),) = submissions(store)
    assert (request.name, request.form_run) == ("Ana", "1000.250000")


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_the_read_back_fits_behind_the_failure(heard: Heard, monkeypatch: pytest.MonkeyPatch, channel: str) -> None:
    monkeypatch.setattr(submit_consult, "consult_store", Broken)
    later = failed(heard("yes", slots=FILLED, events=BEGUN, channel=channel))
    later.events.append({"event": "bot", "text": FAILED})
    dispatcher = CollectingDispatcher()
    AskConsultConsent().run(dispatcher, later, {})
    (message,) = dispatcher.messages
    assert CONSENT in message["text"]
    assert channel == "web" or gsm7.length(f"{FAILED} {message['text']}") <= gsm7.MAX_CHARACTERS


def test_the_database_is_only_opened_with_consent(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submit_consult, "consult_store", lambda: pytest.fail("opened"))
    assert run(heard("never mind", slots={"consult_left": True})) == LEFT


def test_a_text_message_needs_both_consents(store: ConsultStore, heard: Heard) -> None:
    run(heard("yes", slots={**FILLED, "consult_how": "text", "consult_sms_consent": True}, events=BEGUN))
    ((_, request),) = submissions(store)
    assert request.sms_consent is not None and request.sms_consent.words == SMS_CONSENT


def test_after_a_crisis_the_request_is_urgent_and_the_help_stays_in_sight(store: ConsultStore, heard: Heard) -> None:
    crisis = {"event": "user", "text": "i want to die", "parse_data": {"intent": {"name": "crisis"}}}
    text = run(heard("yes", slots=FILLED, events=[crisis, *BEGUN]))
    ((_, request),) = submissions(store)
    assert request.urgent and "988" in text


def test_what_was_asked_before_is_stored_only_with_consent_and_without_contacts(
    store: ConsultStore, heard: Heard
) -> None:
    asked = {
        "event": "user",
        "text": "what does it cost, my number is 212-555-0123",
        "parse_data": {"intent": {"name": "cost"}},
    }
    run(heard("yes", slots={**FILLED, "consult_share": True}, events=[asked, *BEGUN]))
    ((_, request),) = submissions(store)
    assert request.history == ("what does it cost, my number is ...",)


def test_outside_opening_hours_it_says_from_when_staff_can_see_it(
    store: ConsultStore, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = DAYS[(datetime.now(timezone.utc).weekday() + 3) % 7]  # closed today and tomorrow
    known = Clinics.parse_obj({"clinics": {"north": {"timezone": "America/Chicago", "hours": {day: ["03:00-03:01"]}}}})
    monkeypatch.setattr(consult_context, "consult_clinics", lambda: known)
    assert "at 3 AM" in run(heard("yes", slots=FILLED, events=BEGUN))


def test_who_gave_up_is_told_so(heard: Heard) -> None:
    assert run(heard("hm", slots={"consult_left": "gave up"})) == GAVE_UP


LONGEST = "The clinic is closed now. Staff can see your request from Wednesday, September 30 at 10:30 AM EDT."


@pytest.mark.parametrize(
    "text",
    [*(t.format(id="ABCD2345", expect=LONGEST, help=h) for t in (STORED, APPENDED) for h in (NO_EMERGENCY, IN_CRISIS)),
     LEFT, GAVE_UP, FAILED],
)  # fmt: skip
def test_what_is_said_at_the_end_fits_an_sms(text: str) -> None:
    assert gsm7.outside(text) == set()
    assert gsm7.length(text) <= gsm7.MAX_CHARACTERS
    assert not re.search(r"[{}]", text)
