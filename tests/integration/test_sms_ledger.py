"""Each message one turn and one reply: 1,000 webhook requests, a third of them twice, the server killed three times.

The channel runs in a process of its own with an engine that needs no Rasa; this process plays Twilio, which tries a
request again that got no response.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.channels.sms.local_provider import LocalProvider
from bot.channels.sms.signature import Fields, fields_of, sign
from bot.ports import free_port
from bot.settings import ROOT
from tests.sms_patient import ENV, PUBLIC, TOKEN, Phone

pytestmark = pytest.mark.integration

MESSAGES = 667
AGAIN = 333
SENDERS = 60
KILLS = 3


class SmsServer:
    """The process; `kill` ends it at once and starts another."""

    def __init__(self, folder: Path, provider: LocalProvider) -> None:
        self.folder, self.port = folder, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.env = {
            **os.environ, **ENV, "FAQBOT_SMS_API_URL": provider.url, "FAQBOT_RUN_DIR": str(folder),
        }  # fmt: skip
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.integration.sms_server", str(self.port), str(self.folder / "engine.db")]
        with (self.folder / "server.log").open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                httpx.get(self.address, trust_env=False)
            except httpx.TransportError:
                assert process.poll() is None, (self.folder / "server.log").read_text()[-2000:]
                time.sleep(0.05)
                continue
            return process
        raise AssertionError("the server did not start")

    def kill(self, sign: signal.Signals = signal.SIGKILL) -> None:
        self.process.send_signal(sign)
        self.process.wait(20)

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(self.folder / "sms.sqlite3", timeout=10)
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[SmsServer, LocalProvider]]:
    """The channel's server and the provider's API."""
    with LocalProvider() as provider:
        running = SmsServer(tmp_path, provider)
        yield running, provider
        running.kill()


def deliver(phone: Phone, fields: dict[str, str]) -> bool:
    """Post as Twilio does: again where no response came, while the server is away."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            response = phone.post(fields)
        except httpx.TransportError:
            time.sleep(0.2)
            continue
        assert response.status_code == 200, response.text
        return True
    return False


def settled(server: SmsServer) -> bool:
    """Whether no turn and no reply waits."""
    (turns,) = server.rows("SELECT count(*) FROM sms_inbox WHERE state = 'new'")[0]
    (replies,) = server.rows("SELECT count(*) FROM sms_outbox WHERE state IN ('ready', 'check', 'handing')")[0]
    return not turns and not replies


def test_check_12_a_thousand_requests_a_third_twice_three_kills_one_turn_and_one_reply_each(
    server: tuple[SmsServer, LocalProvider],
) -> None:
    running, provider = server
    chance = random.Random(int(os.environ.get("SEED", "7")))
    phones = [Phone(running.address, number=f"+1555555{i:04d}", provider=provider) for i in range(SENDERS)]
    sent = [(p, p.fields(f"number {n} please")) for n in range(MESSAGES) for p in [chance.choice(phones)]]
    requests = sent + chance.sample(sent, AGAIN)
    chance.shuffle(requests)
    kill_at = sorted(chance.sample(range(100, len(requests) - 100), KILLS))
    with ThreadPoolExecutor(8) as pool:
        results = []
        for number, (phone, fields) in enumerate(requests):
            results.append(pool.submit(deliver, phone, fields))
            if number in kill_at:
                while sum(r.done() for r in results) < number - 8:
                    time.sleep(0.01)
                running.kill()
                running.process = running.start()
        assert all(r.result() for r in results)
    deadline = time.monotonic() + 60
    while not settled(running) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert settled(running)

    replies = Counter((m["to"], m["body"].split("\n")[-1]) for m in provider.messages)
    expected = {(f["From"], f"you said {f['Body']}") for _, f in sent}
    lost, twice = expected - set(replies), {k: n for k, n in replies.items() if n > 1}
    assert not lost and not twice and set(replies) == expected
    assert len(running.rows("SELECT sid FROM sms_inbox WHERE state = 'done'")) == MESSAGES
    connection = sqlite3.connect(running.folder / "engine.db")
    ran = Counter(text for (text,) in connection.execute("SELECT text FROM turns"))
    connection.close()
    again = {text for text, n in ran.items() if n > 1}  # those that a kill cut off between turn and ledger
    recorded = running.rows("SELECT sid FROM sms_inbox WHERE runs > 1")
    assert set(ran) == {f["Body"] for _, f in sent}
    assert len(again) <= len(recorded) <= KILLS * 16
    by_rest = sum(m["via"] == "rest" for m in provider.messages)
    print(f"{len(recorded)} turns taken over, {len(again)} of them run twice, {by_rest} replies by REST")


def test_nothing_of_a_patient_stands_in_the_database_or_the_log(server: tuple[SmsServer, LocalProvider]) -> None:
    running, provider = server
    phone = Phone(running.address, number="+15555550187", provider=provider)
    assert phone.text("my name is Canaria Birdsong")
    phone.text("please stop texting me, says Canaria")
    running.kill(signal.SIGTERM)
    for file in running.folder.iterdir():
        data = file.read_bytes()
        if file.name.startswith(("sms.sqlite3", "server.log")):
            assert b"5555550187" not in data and b"Canaria" not in data, file.name
    running.process = running.start()


def test_a_long_message_in_parts_is_one_turn(server: tuple[SmsServer, LocalProvider]) -> None:
    running, provider = server
    phone = Phone(running.address, provider=provider)
    asked = "hello, i would like to know what one infusion costs, how long it takes, what i should wear, whether my "
    asked += "sister can wait with me in the room, and if there is parking near the door "
    first, second = asked[:153], "and the end?"
    assert len(first) == 153
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(phone.text, first)
        time.sleep(0.3)
        assert Phone(running.address, provider=provider).text(second) is None
        assert f"you said {first}{second}" in (one.result() or "").replace("\n", " ")
    assert phone.text("x" * 153) is not None  # nothing follows: it is answered after a wait


NAMES = st.sampled_from("MessageSid SmsSid From To Body NumMedia OptOutType AccountSid MessageStatus ErrorCode".split())
VALUES = st.one_of(st.text(max_size=80), st.sampled_from(["+15555550100", "+15555550123", "STOP", "SM1", "", "\x00"]))
PATHS = st.sampled_from(
    ["/webhooks/sms/webhook", "/webhooks/sms/status/x", "/webhooks/sms/webhook?a=%ff&b=", "/webhooks"]
)


def test_any_fields_and_bytes_never_give_a_server_error(server: tuple[SmsServer, LocalProvider]) -> None:
    running, _ = server
    seen: Counter[int] = Counter()
    with httpx.Client(base_url=running.address, trust_env=False, timeout=20) as client:

        def post(path: str, body: bytes, signature: str) -> None:
            kind = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
            response = client.post(path, content=body, headers=kind)
            seen[response.status_code] += 1
            assert response.status_code < 500, response.text

        @hypothesis_settings(max_examples=int(os.environ.get("FUZZ", "150")), deadline=None)
        @given(PATHS, st.lists(st.tuples(NAMES, VALUES), max_size=8), st.booleans())
        def signed_fields(path: str, pairs: list[tuple[str, str]], known: bool) -> None:
            some = [("MessageSid", f"SM{random.random()}"), ("From", "+15555550144"), ("To", "+15555550100")]
            body = urlencode([*pairs, *some] if known else pairs, errors="replace").encode()
            post(path, body, sign(f"{PUBLIC}{path}", Fields(fields_of(body) or {}), TOKEN))

        @hypothesis_settings(max_examples=int(os.environ.get("FUZZ", "150")), deadline=None)
        @given(PATHS, st.binary(max_size=300), st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40))
        def any_bytes(path: str, body: bytes, signature: str) -> None:
            post(path, body, signature.strip())
            fields = fields_of(body)
            if fields is not None:
                post(path, body, sign(f"{PUBLIC}{path}", fields, TOKEN))

        signed_fields()
        any_bytes()
    print(seen)
    assert seen[200] and seen[400] and seen[403] and seen[404]
