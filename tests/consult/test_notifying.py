"""Check 19: telling the clinic by mail and by signed webhook, once and without anything about the patient."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from bot.consult.clinics import Clinics
from bot.consult.deliver import DeliveryError, Mail, SignedWebhook, Smtp
from bot.consult.outbox import FIRST_WAIT, LONGEST_WAIT, Notification, Outbox, wait
from bot.consult.store import ConsultStore
from bot.consult.tables import OUTBOX
from bot.consult.worker import Worker
from bot.errors import SettingsError
from bot.ports import free_port
from tests.consult.fixtures import EMAIL, PHONE, a_full_request, a_request
from tests.consult.receiver import mail_server, webhook

SECRET = "whsec_" + "c2VjcmV0" * 4
INBOX = "https://inbox.example.org/inbox"
LATER = 10.0**10  # seconds since 1970: all waiting is over
PRIVATE = ("Ana", "Example", PHONE, PHONE[2:], EMAIL, "series", "weekday", "how much")

pytestmark = pytest.mark.usefixtures("socket_enabled")


def clinics_with(url: str = "http://127.0.0.1:9/none") -> Clinics:
    """The north is told by mail and webhook."""
    hook = {"url": url, "secret_env": "NORTH_SECRET"}
    notify = {"emails": ["desk@example.org", "nurse@example.org"], "webhook": hook}
    return Clinics.parse_obj({"clinics": {"north": {"notify": notify}}})


@pytest.fixture
def only(database_url: str, keys: object) -> Callable[[str], ConsultStore]:
    """An empty store that notifies in one way."""
    return lambda kind: ConsultStore(database_url, keys, destinations=lambda clinic: (kind,))  # type: ignore[arg-type]


@pytest.fixture
def notification() -> Notification:
    """One to send."""
    return Notification("msg_1", "ABCD2345", "north", "created", "mail", datetime.now(timezone.utc), 0, "lease")


def drain(store: ConsultStore, worker_of: Callable[[Outbox], Worker]) -> None:
    """Try all that waits, whenever it is due."""
    outbox = Outbox(store.database)
    worker = worker_of(outbox)
    for taken in outbox.take(now=LATER):
        worker._send(taken)


def test_check_19_mail_server_down_then_up_one_mail_without_name_phone_or_reason(
    only: Callable[[str], ConsultStore], caplog: pytest.LogCaptureFixture
) -> None:
    store, port = only("mail"), free_port()
    public_id = store.add(a_full_request()).public_id
    mail = Mail(Smtp("127.0.0.1", port, "faqbot@example.org", "none"), clinics_with(), inbox_url=INBOX)

    def make(outbox: Outbox) -> Worker:
        return Worker(outbox, {"mail": mail})

    with caplog.at_level(logging.DEBUG):
        drain(store, make)
        assert Outbox(store.database).waiting()
        assert "ConnectionRefusedError" in caplog.text
        with mail_server(port) as mails:
            drain(store, make)
            drain(store, make)
    assert not Outbox(store.database).waiting()
    (text,) = mails
    assert f"Subject: Consult request {public_id}" in text
    assert f"{INBOX}/requests/{public_id}" in text
    assert "To: desk@example.org, nurse@example.org" in text
    assert not [word for word in PRIVATE if word in text.replace("@example", "")]
    assert not [word for word in PRIVATE if word in caplog.text.replace("@example", "")]


def test_check_19_the_webhook_verifies_and_a_500_is_retried_with_the_same_id(
    only: Callable[[str], ConsultStore],
) -> None:
    store = only("webhook")
    public_id = store.add(a_full_request()).public_id
    with webhook() as posted:
        posted.answers = [500, 302]
        sender = SignedWebhook(clinics_with(posted.url), {"north": SECRET}, inbox_url=INBOX)
        for _ in range(4):
            drain(store, lambda outbox: Worker(outbox, {"webhook": sender}))
    assert len(posted.bodies) == 3
    assert len({headers["webhook-id"] for headers in posted.headers}) == 1
    for headers, body in zip(posted.headers, posted.bodies, strict=True):
        told = Webhook(SECRET).verify(body, headers)
        assert told["type"] == "consult.created"
        assert told["data"] == {"id": public_id, "clinic": "north", "url": f"{INBOX}/requests/{public_id}"}
        assert not [word for word in PRIVATE if word in body]


def test_check_19_an_altered_or_old_webhook_or_one_of_another_secret_fails(notification: Notification) -> None:
    with webhook() as posted:
        SignedWebhook(clinics_with(posted.url), {"north": SECRET}, inbox_url=INBOX)(notification)
    (headers,), (body,) = posted.headers, posted.bodies
    signer = Webhook(SECRET)
    assert signer.verify(body, headers)
    old = datetime.now(timezone.utc) - timedelta(minutes=5, seconds=2)
    refused = [
        (body.replace("north", "south"), headers),
        (body, headers | {"webhook-id": "msg_2"}),
        (body, headers | {"webhook-timestamp": str(int(old.timestamp()))}),
        (
            body,
            headers
            | {
                "webhook-timestamp": str(int(old.timestamp())),
                "webhook-signature": signer.sign(headers["webhook-id"], old, body),
            },
        ),
    ]
    for altered_body, altered_headers in refused:
        with pytest.raises(WebhookVerificationError):
            signer.verify(altered_body, altered_headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "b3RoZXIh" * 4).verify(body, headers)


def test_check_19_after_the_last_try_it_is_a_dead_letter_that_can_be_sent_again(
    only: Callable[[str], ConsultStore],
) -> None:
    store = only("webhook")
    public_id = store.add(a_request()).public_id
    outbox = Outbox(store.database, max_attempts=2)
    with webhook() as posted:
        posted.answers = [500, 500]
        worker = Worker(
            outbox, {"webhook": SignedWebhook(clinics_with(posted.url), {"north": SECRET}, inbox_url=INBOX)}
        )
        for _ in range(3):
            for taken in outbox.take(now=LATER):
                worker._send(taken)
        (letter,) = outbox.dead()
        assert (letter.public_id, letter.attempts, letter.last_error) == (public_id, 2, "webhook: status 500")
        assert len(posted.bodies) == 2
        assert outbox.send_again(actor="ana", notification="msg_none") == 0
        assert outbox.send_again(actor="ana") == 1
        assert worker.run_once() == 1
    assert outbox.dead() == () and not outbox.waiting()
    assert {headers["webhook-id"] for headers in posted.headers} == {letter.id}


def test_an_error_that_nobody_foresaw_is_a_failure_of_its_notification_and_holds_up_no_other(
    only: Callable[[str], ConsultStore],
) -> None:
    store = only("mail")
    first, second = (store.add(a_request(form_run=f"run {n}", phone=f"+1212736500{n}")).public_id for n in range(2))
    sent: list[str] = []

    def deliver(notification: Notification) -> None:
        if notification.public_id == first:
            raise RuntimeError("a person's words")
        sent.append(notification.public_id)

    outbox = Outbox(store.database, max_attempts=1)
    worker = Worker(outbox, {"mail": deliver})
    assert [worker.run_once(), worker.run_once()] == [1, 1] and sent == [second]
    (letter,) = outbox.dead()
    assert (letter.public_id, letter.last_error) == (first, "RuntimeError")


def test_what_one_worker_has_taken_no_other_gets_until_the_lease_ends(store: ConsultStore) -> None:
    store.add(a_request())
    one, other = Outbox(store.database, lease=60), Outbox(store.database, lease=60)
    taken = one.take(now=1000.0)
    assert sorted(n.kind for n in taken) == ["mail", "webhook"]
    assert other.take(now=1059.9) == ()
    assert {n.id for n in other.take(now=1060.0)} == {n.id for n in taken}


def test_a_worker_that_lost_its_lease_puts_nothing_off_but_what_arrived_has_arrived(store: ConsultStore) -> None:
    store.add(a_request())
    slow, quick = Outbox(store.database, lease=60), Outbox(store.database, lease=60)
    lost = slow.take(now=1000.0)
    held = quick.take(now=1060.0)
    slow.failed(lost[0], "too late", now=1061.0)
    assert quick.take(now=1100.0) == ()
    with store.database.read() as connection:
        assert set(connection.execute(select(OUTBOX.c.attempts)).scalars()) == {0}
    slow.delivered(lost[0])
    assert {n.id for n in quick.take(now=LATER)} == {n.id for n in held} - {lost[0].id}


def test_waiting_doubles_up_to_an_hour_and_is_spread() -> None:
    assert 0.75 * FIRST_WAIT <= wait(1) <= 1.25 * FIRST_WAIT
    assert 1.5 * FIRST_WAIT <= wait(2) <= 2.5 * FIRST_WAIT
    assert all(0.75 * LONGEST_WAIT <= wait(n) <= 1.25 * LONGEST_WAIT for n in (10, 24))
    assert len({wait(5) for _ in range(20)}) > 1


def test_a_failure_waits_before_the_next_try(store: ConsultStore) -> None:
    store.add(a_request())
    outbox = Outbox(store.database)
    for taken in outbox.take(now=1000.0):
        outbox.failed(taken, "no", now=1000.0)
    assert outbox.take(now=1000.0 + 0.7 * FIRST_WAIT) == ()
    assert len(outbox.take(now=1000.0 + 1.3 * FIRST_WAIT)) == 2


@pytest.mark.parametrize("kind", ["mail", "webhook"])
def test_a_clinic_that_no_longer_wants_it_is_a_failure_that_says_so(kind: str, notification: Notification) -> None:
    smtp = Smtp("127.0.0.1", 9, "faqbot@example.org", "none", password="canary")
    assert "canary" not in repr(smtp)
    sender = {
        "mail": Mail(smtp, Clinics(), inbox_url=INBOX),
        "webhook": SignedWebhook(Clinics(), {}, inbox_url=INBOX),
    }[kind]
    with pytest.raises(DeliveryError, match=f"clinic north has no notify.{'emails' if kind == 'mail' else 'webhook'}"):
        sender(notification)


def test_an_unknown_kind_is_kept_for_later(store: ConsultStore) -> None:
    store.add(a_request())
    drain(store, lambda outbox: Worker(outbox, {}))
    assert Outbox(store.database).waiting()


def test_the_worker_runs_until_stopped_and_does_its_chores(sqlite_url: str, keys: object) -> None:
    store = ConsultStore(sqlite_url, keys, destinations=lambda clinic: ("mail",))  # type: ignore[arg-type]
    sent: list[Notification] = []
    chores: list[int] = []
    stop, arrived = Event(), Event()

    def deliver(notification: Notification) -> None:
        sent.append(notification)
        arrived.set()

    worker = Worker(Outbox(store.database), {"mail": deliver}, daily=lambda: chores.append(1))
    thread = Thread(target=worker.run, args=(stop,), kwargs={"poll": 0.01})
    thread.start()
    public_id = store.add(a_request()).public_id
    assert arrived.wait(10)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert [n.public_id for n in sent] == [public_id]
    assert chores == [1]


def test_chores_that_fail_hold_nothing_up(sqlite_url: str, keys: object, caplog: pytest.LogCaptureFixture) -> None:
    store = ConsultStore(sqlite_url, keys, destinations=lambda clinic: ("mail",))  # type: ignore[arg-type]
    stop, arrived = Event(), Event()

    def daily() -> None:
        raise SettingsError("clinics.yml:3: no such clinic")

    worker = Worker(Outbox(store.database), {"mail": lambda notification: arrived.set()}, daily=daily)
    thread = Thread(target=worker.run, args=(stop,), kwargs={"poll": 0.01})
    thread.start()
    store.add(a_request())
    assert arrived.wait(10)
    stop.set()
    thread.join(10)
    assert "clinics.yml:3" in caplog.text
    assert caplog.text.count("the daily work failed") == 1


def test_the_body_of_an_addition_says_so(notification: Notification, tmp_path: Path) -> None:
    with webhook() as posted:
        sender = SignedWebhook(clinics_with(posted.url), {"north": SECRET}, inbox_url=INBOX)
        sender(Notification(**{**notification.__dict__, "event": "appended"}))
    assert json.loads(posted.bodies[0])["type"] == "consult.appended"
