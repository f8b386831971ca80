"""Replies by the REST API: the provider's errors, backoff, order, opt-outs; a fake HTTP client behind."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import Any

import pytest
from twilio.http import HttpClient
from twilio.http.response import Response

from bot.channels.sms import delivery, faults
from bot.channels.sms.compose import Composed
from bot.channels.sms.config import SmsConfig, Texted
from bot.channels.sms.delivery import Delivery
from bot.channels.sms.incoming import Incoming
from bot.channels.sms.ledger import Done, Ledger
from bot.channels.sms.outbox import Outgoing
from bot.channels.sms.people import Person
from bot.channels.sms.privacy import Keys
from bot.channels.sms.provider import TwilioProvider
from bot.errors import SettingsError

KEYS = Keys("k" * 32)
TEXTED = Texted("north", "North")
NUMBER, PATIENT = "+15555550100", "+15555550123"
NOON = datetime(2026, 11, 24, 17, 0, tzinfo=timezone.utc).timestamp()


class FakeHttp(HttpClient):
    """Takes requests as Twilio does; `answers` are status and error code of the next ones, else it takes them."""

    def __init__(self) -> None:
        super().__init__(logging.getLogger("fake"), False)
        self.sent: list[dict[str, Any]] = []
        self.answers: list[tuple[int, int] | Exception] = []
        self.log: list[dict[str, Any]] = []

    def request(self, method: str, uri: str, params: Any = None, data: Any = None, **more: Any) -> Response:  # type: ignore[override]
        if method == "GET":
            return Response(200, json.dumps({"messages": self.log, "next_page_uri": None}))
        self.sent.append(data)
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        if answer:
            return Response(answer[0], json.dumps({"code": answer[1], "message": "refused"}))
        return Response(201, json.dumps({"sid": f"SM{len(self.sent)}", "body": data["Body"]}))


class Bench:
    """A ledger, a clock that is set by hand, and the delivery to a fake provider."""

    def __init__(self, url: str) -> None:
        self.now = NOON
        self.url = url
        self.http = FakeHttp()
        self.ledger = Ledger(url, KEYS, clock=lambda: self.now, owner="me:1:1")
        config = SmsConfig("https://x.example.org", "AC1", "token", "k" * 32, {NUMBER: TEXTED}, "")
        provider = TwilioProvider("AC1", "token", http_client=self.http)
        self.delivery = Delivery(config, self.ledger, provider, clock=lambda: self.now)
        self.sids = 0

    def reply(self, words: str, *, patient: str = PATIENT, hand: bool = False, **done: Any) -> str | None:
        """A turn that ended with a reply."""
        self.sids += 1
        message = Incoming(f"SM-in-{self.sids}", patient, NUMBER, "question")
        sender = KEYS.sender(patient, "north")
        assert self.ledger.receive(message, sender)
        person = self.ledger.begin(message.sid, sender, "north")
        assert person
        done = {"kind": "answer", "reply": Composed(words), **done}
        return self.ledger.finish(message, person, Done(**done), hand=hand, received_at=self.now)

    def run(self) -> list[str]:
        """Send what is due; the bodies that the provider was given."""
        before = len(self.http.sent)
        asyncio.run(self.delivery.run_once())
        return [m["Body"] for m in self.http.sent[before:]]


@pytest.fixture
def bench(sms_url: str) -> Iterator[Bench]:
    made = Bench(sms_url)
    yield made
    made.delivery.close()
    made.ledger.close()


def test_a_reply_goes_once_with_its_status_address(bench: Bench) -> None:
    assert bench.reply("Hello.") is None
    assert bench.run() == ["Hello."] and bench.run() == []
    (sent,) = bench.http.sent
    assert (sent["To"], sent["From"]) == (PATIENT, NUMBER)
    assert sent["StatusCallback"].startswith("https://x.example.org/webhooks/sms/status/")


def test_check_17_error_21610_suppresses_the_number_and_nothing_is_tried_again(bench: Bench) -> None:
    bench.http.answers = [(400, 21610)]
    bench.reply("One.")
    assert bench.run() == ["One."]
    bench.now += 3600
    bench.reply("Two.")
    assert bench.run() == []
    (change,) = bench.ledger.consent(PATIENT, "north")
    assert (change.change, change.how, change.words) == ("out", "provider", "error 21610")


@pytest.mark.parametrize("code", [21617, 21211, 30004, 30005, 30006, 30007])
def test_errors_for_good_are_not_tried_again_and_others_are_not_held_up(bench: Bench, code: int) -> None:
    bench.http.answers = [(400, code)]
    bench.reply("One.")
    bench.reply("Two.")
    assert bench.run() == ["One."]
    assert bench.run() == ["Two."]
    bench.now += 3600
    assert bench.run() == [] and bench.ledger.consent(PATIENT, "north") == []


@pytest.mark.parametrize("answer", [(429, 20429), (503, 20503), (400, 30003), ConnectionError("gone")])
def test_passing_errors_are_tried_again_with_growing_pauses_and_then_given_up(bench: Bench, answer: Any) -> None:
    import requests

    again = requests.ConnectionError("gone") if isinstance(answer, Exception) else answer
    bench.http.answers = [again] * 9
    bench.reply("One.")
    assert bench.run() == ["One."]
    for pause in faults.BACKOFF:
        bench.now += 0.79 * pause
        assert bench.run() == []
        bench.now += 0.42 * pause
        assert bench.run() == ["One."]
    bench.now += 3600
    assert bench.run() == []


def test_a_reply_that_may_have_gone_is_looked_for_before_it_is_sent_again(bench: Bench) -> None:
    bench.http.answers = [(500, 20500)]
    bench.reply("One.")
    assert bench.run() == ["One."]
    created = format_datetime(datetime.fromtimestamp(bench.now, timezone.utc))
    bench.http.log = [{"sid": "SM9", "body": "One.", "date_created": created}]
    bench.now += 60
    assert bench.run() == []
    bench.http.log = [{"sid": "SM8", "body": "Two.", "date_created": created}]
    bench.http.answers = [(500, 20500)]
    bench.now += 60
    bench.reply("Two.")
    assert bench.run() == ["Two."]
    bench.now += 60
    assert bench.run() == ["Two."]  # what the log shows is an older one


def test_replies_to_one_patient_go_in_order_and_others_do_not_wait(bench: Bench) -> None:
    bench.http.answers = [(503, 20503)]
    bench.reply("One.")
    assert bench.run() == ["One."]
    assert bench.reply("Two.", hand=True) is None  # it may not overtake in the webhook's response
    bench.reply("Other.", patient="+15555550124")
    assert bench.run() == ["Other."]
    bench.now += 10
    assert bench.run() == ["One."] and bench.run() == ["Two."]


def test_check_14_after_an_opt_out_nothing_that_waits_goes_but_the_confirmation(bench: Bench) -> None:
    bench.reply("One.")
    bench.reply("Bye.", kind="stop", exempt=True, change=("out", "words"))
    bench.reply("Three.")
    assert bench.run() == ["Bye."] and bench.run() == []
    (change,) = bench.ledger.consent(PATIENT, "north")
    assert (change.change, change.how, change.words, change.at) == ("out", "words", "question", NOON)
    bench.reply("Welcome.", kind="start", change=("in", "keyword"))
    bench.reply("Four.")
    assert bench.run() == ["Welcome."] and bench.run() == ["Four."]


def test_an_opt_out_is_of_one_clinic_and_ends_the_conversation(bench: Bench) -> None:
    sender = KEYS.sender(PATIENT, "north")
    bench.reply("", kind="stop", change=("out", "keyword"))
    message = Incoming("SM-next", PATIENT, NUMBER, "hi")
    assert bench.ledger.receive(message, sender)
    person = bench.ledger.begin("SM-next", sender, "north")
    assert person and person.epoch == 1 and person.out_by == "keyword"
    assert KEYS.conversation(sender, 0) != KEYS.conversation(sender, 1)
    assert KEYS.sender(PATIENT, "south") != sender


def test_what_the_carrier_reports_later(bench: Bench) -> None:
    bench.reply("One.")
    bench.run()
    public_id = bench.http.sent[0]["StatusCallback"].rsplit("/", 1)[1]
    assert bench.delivery.reported(public_id, "undelivered", 30003)
    assert bench.run() == []
    bench.now += 61
    assert bench.run() == ["One."]
    assert bench.delivery.reported(public_id, "delivered", None)
    assert not bench.delivery.reported("unknown", "delivered", None)
    bench.now += 4000
    assert bench.run() == []


def test_a_reply_in_the_webhooks_response_is_tried_again_as_often_as_any_other(bench: Bench) -> None:
    public_id = bench.reply("One.", hand=True)
    assert public_id
    bench.ledger.handed_over(public_id)
    pauses = 0
    while bench.delivery.reported(public_id, "undelivered", 30003):
        bench.now += 1801
        if not bench.run():
            break
        pauses += 1
    assert pauses == len(faults.BACKOFF_UNREACHED)


def test_a_process_that_died_while_sending_leaves_a_reply_that_is_looked_for(bench: Bench) -> None:
    public_id = bench.reply("One.", hand=True)
    assert public_id
    other = Ledger(bench.url, KEYS, clock=lambda: bench.now, owner="elsewhere:1:1")
    assert other.take_over() == [] and other.due() == []  # its lease holds
    bench.now += 100
    other.take_over()
    bench.now += 3
    (due,) = other.due()
    assert due.unsure and due.public_id == public_id
    other.close()


def test_a_turn_of_a_dead_process_is_taken_over_with_its_parts_and_only_once(bench: Bench) -> None:
    sender = KEYS.sender(PATIENT, "north")
    for sid, body in (("SM1", "a" * 153), ("SM2", "b")):
        assert bench.ledger.receive(Incoming(sid, PATIENT, NUMBER, body), sender)
    assert bench.ledger.join("SM2", "SM1")
    assert not bench.ledger.receive(Incoming("SM1", PATIENT, NUMBER, "again"), sender)
    other = Ledger(bench.url, KEYS, clock=lambda: bench.now, owner="elsewhere:1:1")
    bench.now += 100
    (found,) = other.take_over()
    assert found.message.body == "a" * 153 + "b" and found.message.sender == PATIENT
    assert bench.ledger.begin("SM1", sender, "north") is None  # the first process comes too late
    late = bench.ledger.finish(
        Incoming("SM1", PATIENT, NUMBER, ""), Person(sender, "north"), Done("answer", Composed("x")), hand=True,
        received_at=0,
    )  # fmt: skip
    assert late is None and bench.run() == []
    other.close()


def test_a_turn_that_is_given_up_is_wiped_and_never_taken_over_again(bench: Bench) -> None:
    assert bench.ledger.receive(Incoming("SM1", PATIENT, NUMBER, "hello"), KEYS.sender(PATIENT, "north"))
    bench.now += 100
    (found,) = bench.ledger.take_over()
    assert bench.ledger.abandon(found.message.sid)
    bench.now += 1000
    assert bench.ledger.take_over() == [] and bench.run() == []


async def test_an_unforeseen_error_is_logged_and_the_sending_goes_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    errors, due = [RuntimeError("unforeseen")], bench.ledger.due

    def at_first_failing() -> list[Outgoing]:
        if errors:
            raise errors.pop()
        return due()

    monkeypatch.setattr(bench.ledger, "due", at_first_failing)
    monkeypatch.setattr(delivery, "POLL", 0.01)
    bench.reply("One.")
    sending = asyncio.ensure_future(bench.delivery.run_forever())
    for _ in range(500):
        if bench.http.sent or sending.done():
            break
        await asyncio.sleep(0.01)
    sending.cancel()
    assert [message["Body"] for message in bench.http.sent] == ["One."]
    assert "RuntimeError: unforeseen" in caplog.text


def test_another_key_is_a_clear_error_at_the_start(bench: Bench) -> None:
    with pytest.raises(SettingsError, match="FAQBOT_SMS_KEY"):
        Ledger(bench.url, Keys("z" * 32), clock=lambda: 0.0)


def test_a_hand_over_that_this_process_never_ended_is_taken_up_again(bench: Bench) -> None:
    assert bench.reply("One.", hand=True)
    bench.now += 30
    bench.ledger.take_over()
    assert bench.run() == []
    bench.now += 31
    bench.ledger.take_over()
    bench.now += 3
    assert bench.run() == ["One."]


def test_no_number_and_no_word_goes_into_a_log(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bench.http.answers = [(400, 30007), (503, 1)]
    bench.reply("Canary words.")
    bench.reply("More canary words.")
    bench.run()
    bench.run()
    assert "an SMS will not arrive: provider's error 30007" in caplog.text
    assert "anary" not in caplog.text and "5550123" not in caplog.text


def test_more_and_choices_are_forgotten_after_an_hour_and_rows_after_a_month(bench: Bench) -> None:
    sender = KEYS.sender(PATIENT, "north")
    bench.reply("", reply=Composed("Page 1", ("Page 2",), ("Cost", "Other"), introduced=True))
    assert bench.run() == ["Page 1"]
    known = []
    for later in (60, 3601):
        bench.now += later
        sid = f"SM-later-{later}"
        assert bench.ledger.receive(Incoming(sid, PATIENT, NUMBER, "hi"), sender)
        person = bench.ledger.begin(sid, sender, "north")
        assert person and person.introduced
        known.append((person.rest, person.choices))
    assert known == [(("Page 2",), ("Cost", "Other")), ((), ())]
    bench.now += 31 * 86400
    bench.ledger.take_over(("SM-later-60", "SM-later-3601"))
    assert bench.ledger.receive(Incoming("SM-in-1", PATIENT, NUMBER, "hi"), sender)  # its row is gone
