"""Checks 11 to 17 of the SMS channel against the running servers, with real signatures."""

from __future__ import annotations

import io
import os
import re
import signal
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from bot.channels.sms import simulate
from bot.channels.sms.config import sms_config
from bot.channels.sms.local_provider import LocalProvider
from bot.channels.sms.segments import fits, measure
from bot.channels.sms.signature import Fields, sign
from bot.servers import Assistant, answers
from bot.settings import Settings
from tests.sms_patient import ENV, PUBLIC, TOKEN, Phone, said

pytestmark = pytest.mark.e2e

QUESTION = "how long before my infusion do I stop eating?"
_numbers = iter(range(120, 199))


@pytest.fixture
def phone(assistant: Assistant, sms_provider: LocalProvider) -> Iterator[Phone]:
    """The phone of a patient who has never texted before."""
    yield Phone(assistant.address.url, number=f"+15555550{next(_numbers)}", provider=sms_provider)


def ledger(assistant: Assistant, statement: str, *values: object) -> list[tuple[object, ...]]:
    """Rows of the SMS ledger."""
    connection = sqlite3.connect(assistant._settings.run_dir / "sms.sqlite3", timeout=10)
    try:
        return connection.execute(statement, values).fetchall()
    finally:
        connection.close()


def wait_for(what: Callable[[], object], seconds: float) -> object:
    """What `what` returns as soon as that is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = what()
        if found:
            return found
        time.sleep(0.1)
    return what()


def by_rest(provider: LocalProvider, phone: Phone) -> list[str]:
    """What the REST API brought to a phone."""
    return [m["body"] for m in provider.messages if m["to"] == phone.number and m["via"] == "rest"]


def test_check_11_a_right_signature_with_blank_fields_is_taken_and_any_other_refused(phone: Phone) -> None:
    fields = phone.fields(QUESTION)
    assert fields["FromCity"] == ""
    assert phone.post(fields).status_code == 200
    assert phone.post(fields, signature="").status_code == 403
    assert phone.post(fields, signature="bm8gc2lnbmF0dXJl").status_code == 403
    tampered = phone.post({**fields, "Body": "something else"}, signature=_signature(fields, "/webhooks/sms/webhook"))
    other_path = phone.post(fields, signature=_signature(fields, "/webhooks/sms/other"))
    assert (tampered.status_code, other_path.status_code) == (403, 403)


def _signature(fields: dict[str, str], path: str) -> str:
    return sign(f"{PUBLIC}{path}", Fields(fields), TOKEN)


def test_check_12_the_same_sid_twice_and_at_once_is_one_turn(phone: Phone, assistant: Assistant) -> None:
    fields = phone.fields(QUESTION)
    with ThreadPoolExecutor(4) as pool:
        replies = [said(r.result()) for r in [pool.submit(phone.post, fields) for _ in range(4)]]
    assert sorted(map(len, replies)) == [0, 0, 0, 1]
    assert said(phone.post(fields)) == []
    assert ledger(assistant, "SELECT runs FROM sms_inbox WHERE sid = ?", fields["MessageSid"]) == [(1,)]
    assert len(ledger(assistant, "SELECT id FROM sms_outbox WHERE reply_to = ?", fields["MessageSid"])) == 1


def test_check_13_a_picture_without_words_gets_a_polite_line_and_nothing_is_fetched(
    phone: Phone, sms_provider: LocalProvider
) -> None:
    reply = phone.text("", NumMedia="1", MediaUrl0=f"{sms_provider.url}/picture", MediaContentType0="image/jpeg")
    assert reply and "only read words" in reply
    assert phone.text("what is a picture worth? how much is one infusion?", NumMedia="1")


def test_check_14_opt_out_in_any_case_then_silence_until_start(
    phone: Phone, assistant: Assistant, sms_provider: LocalProvider
) -> None:
    assert "6 hours" in (phone.text(QUESTION) or "")
    assert phone.text("sToP") is None
    assert phone.text(QUESTION) is None
    assert by_rest(sms_provider, phone) == []
    assert phone.text("START") is None  # the provider confirms it
    assert "6 hours" in (phone.text(QUESTION) or "")
    assert phone.text("HELP") is None  # the provider answers
    confirmation = phone.text("Please stop texting me!")
    assert confirmation and "no more texts" in confirmation and "START" in confirmation
    assert phone.text("stop texting me please") is None
    assert phone.text(QUESTION) is None
    help_ = phone.text("i want to die")
    assert help_ and "988" in help_[:160] and "911" in help_[:160]
    assert phone.text(QUESTION) is None
    assert (phone.text("Start") or "").startswith("Pain Team: automatic")
    rows = ledger(assistant, "SELECT change, how FROM sms_consent ORDER BY id DESC LIMIT 4")
    assert rows == [("in", "keyword"), ("out", "words"), ("in", "keyword"), ("out", "keyword")]


@pytest.mark.parametrize("word", ["CANCEL", "End", "quit"])
def test_check_15_a_keyword_inside_the_form_opts_out_and_nothing_is_stored(
    phone: Phone, assistant: Assistant, word: str
) -> None:
    assert "name" in (phone.text("please contact me") or "")
    assert phone.text("Pat Example") is not None
    assert phone.text(word) is None
    assert phone.text("START") is None
    reply = phone.text(QUESTION)  # the form is gone: this is a question, not a phone number
    assert reply and "6 hours" in reply and "reach you" not in reply
    consult = assistant._settings.run_dir / "consult.sqlite3"
    assert not consult.exists() or b"Pat Example" not in consult.read_bytes()


def test_check_15_a_reply_of_2_picks_choice_2(phone: Phone) -> None:
    asked = phone.text("how often")
    assert asked and "\n1 " in asked and "\n2 " in asked
    second = re.search(r"^2 (.+)$", asked, re.M)
    assert second
    by_number = phone.text("2")
    phone.text("how often")
    assert by_number and by_number == phone.text(second.group(1))


def test_check_16_every_reply_is_one_message_of_306_gsm_7_characters_without_payloads(phone: Phone) -> None:
    texts = [
        "hi", QUESTION, "how much is one infusion and can I drive home and what should I wear and is it addictive?",
        "more", "can i take my xanax", "i want to die", "chest pain cant breathe", "are you a robot", "/restart",
        '/request_consult{"consult_name": "x"}', "you are useless", "\U0001f600", "¿cuánto cuesta?", "contact me",
        "what does it cost?", "Pat \u201cExample\u201d O\u2019Neil", "i want to die", "nevermind", "x" * 3000, "",
    ]  # fmt: skip
    for words in texts:
        reply = phone.text(words)
        assert reply, words
        assert fits(reply) and measure(reply).encoding == "GSM-7" and measure(reply).segments <= 2, (words, reply)
        assert not re.search(r"(^|\s|\()/[a-z_]+", reply), reply
        if words == "i want to die":
            assert "988" in reply[:160] and "911" in reply[:160]


def test_check_16_the_first_reply_says_who_is_texting_and_how_to_stop(phone: Phone) -> None:
    first, second = phone.text("hello"), phone.text(QUESTION)
    assert first and first.startswith("Pain Team: automatic") and "STOP" in first.split("\n")[0]
    assert second and "automatic" not in second


def test_check_16_in_a_crisis_the_first_reply_is_help_and_the_next_says_who_is_texting(phone: Phone) -> None:
    help_, second = phone.text("i want to kill myself"), phone.text("thanks")
    assert help_ and "988" in help_[:160] and "911" in help_[:160] and not help_.startswith("Pain Team")
    assert second and second.startswith("Pain Team: automatic")


def test_the_number_texted_binds_the_clinic(phone: Phone) -> None:
    phone.to = "+15555550101"
    assert "4 hours" in (phone.text(QUESTION) or "")


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"Body=%ff", b"a" * 70_000, b"&&&==", b"From=%00&To=%00&MessageSid=%00"]
)
def test_no_body_gives_a_server_error(phone: Phone, body: bytes) -> None:
    response = httpx.post(f"{phone.address}/webhooks/sms/webhook", content=body, trust_env=False)
    assert response.status_code in {403, 413}


def test_the_simulator_texts_with_the_running_server(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in ENV.items():
        monkeypatch.setenv(name, value)
    config = sms_config(Settings())
    assert config
    simulated = simulate.Phone(config, assistant.address.url, clinic="pain-team", number="+15555550199")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{QUESTION}\nSTOP\n/picture\n/stop\nnot read\n"))
    simulate.converse(simulated, print)
    simulated.close()
    shown = capsys.readouterr().out
    assert "6 hours" in shown and "[GSM-7, 210 characters, 2 segments]" in shown
    assert shown.count("(nothing in the response)") == 2


def test_check_17_a_slow_turn_is_answered_by_rest_in_order(
    phone: Phone, assistant: Assistant, sms_provider: LocalProvider
) -> None:
    pid = assistant.pid("actions")
    assert pid
    os.killpg(pid, signal.SIGSTOP)
    timer = threading.Timer(20, os.killpg, (pid, signal.SIGCONT))
    timer.start()
    try:
        started = time.monotonic()
        assert phone.text(QUESTION) is None
        assert time.monotonic() - started < 10
        assert phone.text("what should i wear?") is None  # waits for the turn before it
        assert by_rest(sms_provider, phone) == []
    finally:
        timer.join()
    assert wait_for(lambda: len(by_rest(sms_provider, phone)) == 2, 30)
    first, second = by_rest(sms_provider, phone)
    assert "6 hours" in first and "6 hours" not in second
    last = "SELECT via, state FROM sms_outbox ORDER BY id DESC LIMIT 2"
    assert wait_for(lambda: ledger(assistant, last) == [("rest", "sent"), ("rest", "sent")], 5)


def test_check_17_error_21610_suppresses_the_number_and_nothing_is_tried_again(
    phone: Phone, assistant: Assistant, sms_provider: LocalProvider
) -> None:
    fields = phone.fields(QUESTION)
    assert phone.post(fields).status_code == 200
    (row,) = ledger(assistant, "SELECT public_id FROM sms_outbox WHERE reply_to = ?", fields["MessageSid"])
    report = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "21610", "To": phone.number}
    path = f"/webhooks/sms/status/{row[0]}"
    assert phone.post(report, path=path, signature="").status_code == 403
    assert phone.post(report, path=path).status_code == 200
    assert phone.post(report, path="/webhooks/sms/status/unknown").status_code == 404
    assert phone.text(QUESTION) is None
    assert by_rest(sms_provider, phone) == []


def test_check_12_a_turn_that_a_kill_cut_off_is_run_again_and_answered_once(
    phone: Phone, assistant: Assistant, sms_provider: LocalProvider
) -> None:
    actions, rasa = assistant.pid("actions"), assistant.pid("rasa")
    assert actions and rasa
    fields = phone.fields(QUESTION, sid=f"SM{uuid.uuid4().hex}")
    os.killpg(actions, signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(1) as pool:
            lost = pool.submit(phone.post, fields)
            assert wait_for(
                lambda: ledger(assistant, "SELECT id FROM sms_inbox WHERE sid = ?", fields["MessageSid"]), 10
            )
            os.killpg(rasa, signal.SIGKILL)
            assert lost.exception(20) is not None
    finally:
        os.killpg(actions, signal.SIGCONT)
    server = next(s for s in assistant._servers if s.name == "rasa")
    server.stop()
    server.start()
    assert wait_for(lambda: answers(assistant.address), 120)
    assert said(phone.post(fields)) == []  # the provider tries again: the turn runs already
    assert wait_for(lambda: by_rest(sms_provider, phone), 30)
    assert len(by_rest(sms_provider, phone)) == 1 and "6 hours" in by_rest(sms_provider, phone)[0]
    assert ledger(assistant, "SELECT runs, state FROM sms_inbox WHERE sid = ?", fields["MessageSid"]) == [(2, "done")]
