"""The default setup with parts of it killed, hung, replaced, overrun: one test a row of docs/faults.md."""

from __future__ import annotations

import os
import signal
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import pytest

from tests.e2e.faults.conftest import IN_TIME, Broken, Patient, rebuild, recovered
from tests.sms_patient import Phone

pytestmark = pytest.mark.e2e

ASKED = "how long before my infusion do I stop eating?"
ANSWER = "6 hours"
PRICE = "how much is it?"
CRISIS = "i want to die"
HUNG = 60.0  # seconds within which a Rasa server that hangs is seen, killed, and there again
HELD = 8.0  # seconds that a webhook's response waits for the answer to an ordinary text (check 17)


def answers(patient: Patient) -> bool:
    """Whether the assistant is whole again."""
    return ANSWER in patient.say(ASKED)["text"]


def out_of_order(broken: Broken, patient: Patient, *, text_within: float = IN_TIME) -> None:
    """What patients get meanwhile, on the web and by SMS: plain words in time, and help in danger."""
    texted(broken.phone(), CRISIS, "988")
    said = patient.say(PRICE)
    assert said["kind"] == "error" and "911" in said["text"]
    assert "988" in broken.patient().say(CRISIS)["text"]
    texted(broken.phone(), PRICE, "911", text_within)


def texted(phone: Phone, words: str, expected: str, within: float = IN_TIME) -> None:
    """The reply to a text, in the response itself."""
    began = time.monotonic()
    reply = phone.text(words)
    assert reply and expected in reply, reply
    assert time.monotonic() - began < within


def test_the_action_server_is_killed(broken: Broken) -> None:
    patient = broken.patient()
    recovered(lambda: answers(patient))
    os.killpg(broken.pid("actions"), signal.SIGKILL)
    out_of_order(broken, patient)
    print(f"recovered after {recovered(lambda: answers(broken.patient())):.1f} s")
    assert "nausea" in patient.say("why?")["text"]  # still about eating: the lost question has left nothing


def test_the_action_server_hangs(broken: Broken) -> None:
    patient = broken.patient()
    recovered(lambda: answers(patient))
    time.sleep(1)  # one that hangs before it was ever seen to work counts as starting
    os.killpg(broken.pid("actions"), signal.SIGSTOP)
    out_of_order(broken, patient, text_within=HELD)
    print(f"recovered after {recovered(lambda: answers(broken.patient())):.1f} s")
    assert "nausea" in patient.say("why?")["text"]


def test_the_rasa_server_is_killed_and_each_text_is_answered_once(broken: Broken) -> None:
    recovered(lambda: answers(broken.patient()))
    phones = [broken.phone(f"+1555555{i:04}") for i in range(8)]
    texts = {phone.number: phone.fields(PRICE, f"SM{uuid.uuid4().hex}") for phone in phones}
    acknowledged: list[str] = []

    def text(phone: Phone) -> None:
        with suppress(httpx.HTTPError):  # the server dies under it
            if phone.post(texts[phone.number]).status_code == 200:
                acknowledged.append(phone.number)

    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(text, phone) for phone in phones]
        time.sleep(0.2)
        os.killpg(broken.pid("rasa"), signal.SIGKILL)
        for one in sent:
            one.result()
    print(f"recovered after {recovered(lambda: _up(broken)):.1f} s; {len(acknowledged)} of 8 texts were acknowledged")
    for phone in phones:
        if phone.number not in acknowledged:
            text(phone)  # as the provider does with what it got no response to

    def told() -> Counter[str]:
        return Counter(m["to"] for m in broken.provider.messages if m["to"] in texts)

    recovered(lambda: set(told()) == set(texts), within=30)  # what may have gone already is asked for first
    assert set(told().values()) == {1}


def test_the_rasa_server_hangs(broken: Broken) -> None:
    recovered(lambda: answers(broken.patient()))
    time.sleep(1)  # one that hangs before it was ever seen to work counts as starting
    before = broken.pid("rasa")
    os.killpg(before, signal.SIGSTOP)
    print(f"recovered after {recovered(lambda: _up(broken), within=HUNG):.1f} s")
    assert broken.pid("rasa") != before


def _up(broken: Broken) -> bool:
    try:
        return answers(broken.patient())
    except Exception:  # noqa: BLE001 - nothing listens yet
        return False


def test_the_index_is_replaced_under_load(broken: Broken) -> None:
    recovered(lambda: answers(broken.patient()))
    file = broken.settings.knowledge_dir / "clinics" / "pain-team" / "preparation.md"
    before = file.read_text(encoding="utf-8")
    old, new = "The reason is the high potential for nausea", "The cause is the high potential for nausea"
    assert old in before
    ended = threading.Event()
    heard: list[str] = []

    def ask() -> None:
        while not ended.is_set():
            said = broken.patient().say(ASKED)
            assert said["kind"] == "answer", said
            heard.append(said["text"])

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask) for _ in range(3)]
        try:
            file.write_text(before.replace(old, new), encoding="utf-8")
            rebuild(broken.settings)
            took = recovered(lambda: new in "".join(heard[-1:]) or any(one.done() for one in asking))
        finally:
            ended.set()
        for one in asking:
            one.result()  # raises what a patient met with
    assert all(old in text or new in text for text in heard)
    print(f"{len(heard)} answers meanwhile; the new one {took:.1f} s after the build")


def test_ten_times_the_load(broken: Broken) -> None:
    recovered(lambda: answers(broken.patient()))
    usual, patients = 10, 100
    everybody = [broken.patient() for _ in range(patients)]

    def talk(patient: Patient) -> list[str]:
        return [patient.say(text)["kind"] for text in (ASKED, PRICE, "can I drive home?")]

    def cry(patient: Patient) -> list[str]:
        said = patient.say(CRISIS)
        assert "988" in said["text"]
        return [said["kind"]]

    with ThreadPoolExecutor(patients) as pool:
        began = time.monotonic()
        running = [pool.submit(cry if i % 10 == 9 else talk, patient) for i, patient in enumerate(everybody)]
        kinds = [kind for one in running for kind in one.result()]
        took = time.monotonic() - began
    print(
        f"{patients} conversations at a time in place of {usual}: {len(kinds)} turns in {took:.1f} s, "
        f"{kinds.count('error')} told that all is busy, slowest {max(p.slowest for p in everybody):.2f} s"
    )
    assert set(kinds) <= {"answer", "clarify", "no_answer", "crisis", "error"}
    assert kinds.count("crisis") == patients // 10
    print(f"recovered after {recovered(lambda: answers(broken.patient())):.1f} s")
