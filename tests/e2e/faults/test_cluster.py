"""Two workers and two action servers with Redis, PostgreSQL and RabbitMQ; then these die."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from bot.settings import settings
from tests.e2e.faults.conftest import IN_TIME, Broken, recovered, watched
from tests.e2e.faults.services import Service, own_postgres, own_redis

pytestmark = pytest.mark.e2e

ASKED = "how long before my infusion do I stop eating?"
HOURS = {"pain-team": "6 hours", "virginia-infusion": "4 hours"}
WHY = {"pain-team": "nausea", "virginia-infusion": "You fast because"}
STEPS = ("can someone call me", "Jane Canaria", "(212) 555-0177", "fridays after 3", "1", "no", "yes")
BROKER = os.environ.get("FAQBOT_TEST_BROKER_URL", "amqp://guest:guest@127.0.0.1:5672")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture(scope="module")
def redis_server(folder: Path) -> Iterator[Service]:
    with own_redis(folder / "redis") as running:
        yield running


@pytest.fixture(scope="module")
def postgres(folder: Path) -> Iterator[Service]:
    with own_postgres(folder / "postgres") as running:
        yield running


@pytest.fixture(scope="module")
def broken(folder: Path, redis_server: Service, postgres: Service) -> Iterator[Broken]:
    """The assistant on all of them; without RabbitMQ events go nowhere."""
    environment = {
        "FAQBOT_WORKERS": "2",
        "FAQBOT_ACTION_SERVERS": "2",
        "FAQBOT_REDIS_URL": redis_server.url,
        "FAQBOT_TRACKER_URL": postgres.url,
        "FAQBOT_DATABASE_URL": postgres.url,
        "FAQBOT_CONSULT_KEYS": "test:" + "A" * 43 + "=",
        "FAQBOT_EVENT_BROKER_URL": BROKER if broker_is_here() else "",
    }
    with watched(settings().copy(update={"run_dir": folder / "run"}), environment) as running:
        yield running


ROUNDS = 10


def broker_is_here() -> bool:
    """Whether something listens there."""
    address = urlsplit(BROKER)
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((address.hostname or "", address.port or 5672)) == 0


def workers(broken: Broken) -> list[int]:
    """The processes that answer patients."""
    return [child.pid for child in psutil.Process(broken.pid("rasa")).children()]


async def hopping(url: str, number: int) -> list[str]:
    """One conversation, each message through a connection of its own, so that the kernel picks a worker anew."""
    clinic = list(HOURS)[number % 2]
    canary = f"canary-{number}-{uuid.uuid4().hex[:8]}"
    texts = [ASKED, "why?", f"what is {canary}", ASKED, "and can I drive home?"]
    heard = []

    async def call(method: str, path: str, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as client:
            return await client.request(method, f"/webhooks/web/{path}", json=body or None, headers=headers)

    started = await call("POST", "sessions", site_key=f"demo-{clinic}")
    headers = {"Authorization": f"Bearer {started.json()['token']}"}
    for turn, text in enumerate(texts):
        message = {"text": text, "message_id": f"{number}-{turn}"}
        first = (await call("POST", "messages", headers, **message)).json()
        again = (await call("POST", "messages", headers, **message)).json()  # a retry finds the same reply anywhere
        assert {k: again[k] for k in ("kind", "messages")} == {k: first[k] for k in ("kind", "messages")}
        heard.append("\n".join(m["text"] for m in first["messages"]))
        assert {s["clinic"] for m in first["messages"] for s in m["sources"]} <= {clinic}
    assert HOURS[clinic] in heard[0] and HOURS[clinic] in heard[3], heard
    assert WHY[clinic] in heard[1], heard  # still about eating
    told = (await call("GET", "history", headers)).json()["messages"]
    assert [m["text"] for m in told if m["from"] == "patient"] == texts
    assert "canary-" not in str(told).replace(canary, "")
    return heard


def test_conversations_that_hop_between_two_workers_stay_whole(broken: Broken) -> None:
    pids = workers(broken)
    assert len(pids) == 2
    before = {pid: psutil.Process(pid).cpu_times().user for pid in pids}

    async def everybody() -> None:
        await asyncio.gather(*(hopping(broken.assistant.address.url, i) for i in range(8)))

    # which worker gets a connection is the kernel's choice: one that is quick enough may get a whole round
    for _ in range(ROUNDS):
        asyncio.run(everybody())
        worked = {pid: psutil.Process(pid).cpu_times().user - before[pid] for pid in pids}
        print("seconds of work by worker:", [round(seconds, 1) for seconds in worked.values()])
        if all(seconds > 0.1 for seconds in worked.values()):
            return
    pytest.fail(f"one worker had all turns of {ROUNDS} rounds")


def test_texts_of_one_patient_are_answered_in_order_by_two_workers(broken: Broken) -> None:
    phone = broken.phone()
    texts = [ASKED, "why?", "how much is it?"]
    assert all(phone.text(text) for text in texts)
    with ThreadPoolExecutor(2) as pool:
        sid = f"SM{uuid.uuid4().hex}"
        replies = list(pool.map(lambda _: phone.post(phone.fields("can I drive home?", sid)).text, range(2)))
    assert sum("<Message" in reply for reply in replies) == 1  # the same message twice at once is one turn


def test_every_event_reaches_the_broker(broken: Broken) -> None:
    if not broker_is_here():
        pytest.skip("no RabbitMQ at FAQBOT_TEST_BROKER_URL (default: guest, 127.0.0.1:5672)")
    canary = f"what is canary {uuid.uuid4().hex}"
    broken.patient().say(canary)

    async def heard() -> list[dict[str, Any]]:
        import aio_pika

        async with await aio_pika.connect(BROKER) as connection:
            channel = await connection.channel()
            queue = await channel.get_queue("faqbot")
            events = []
            while (message := await queue.get(fail=False)) is not None:
                await message.ack()
                events.append(json.loads(message.body))
            return events

    events: list[dict[str, Any]] = []

    def arrived() -> bool:
        events.extend(asyncio.run(heard()))
        return any(e["event"] == "user" and e["text"] == canary for e in events)

    recovered(arrived)


def test_one_of_two_action_servers_is_killed(broken: Broken) -> None:
    os.killpg(broken.pid("actions-2"), signal.SIGKILL)
    broken.patient().say(ASKED)  # words in time, whatever they are
    print(f"recovered after {recovered(lambda: whole(broken)):.1f} s")


def test_redis_is_gone_and_back(broken: Broken, redis_server: Service) -> None:
    patient = broken.patient()
    assert HOURS["pain-team"] in patient.say(ASKED)["text"]
    redis_server.send(signal.SIGKILL)
    meanwhile(broken, patient)
    redis_server.start()
    print(f"recovered after {recovered(lambda: whole(broken)):.1f} s")
    assert "nausea" in patient.say("why?")["text"]  # the conversation is as it was


def test_redis_hangs(broken: Broken, redis_server: Service) -> None:
    patient = broken.patient()
    redis_server.send(signal.SIGSTOP)
    try:
        meanwhile(broken, patient)
    finally:
        redis_server.send(signal.SIGCONT)
    print(f"recovered after {recovered(lambda: whole(broken)):.1f} s")


def test_postgresql_is_gone_and_back(broken: Broken, postgres: Service) -> None:
    patient, other = broken.patient(), broken.patient()
    assert HOURS["pain-team"] in patient.say(ASKED)["text"]
    assert "request number is" in [other.say(step)["text"] for step in STEPS][-1]
    postgres.send(signal.SIGKILL)
    meanwhile(broken, patient)
    postgres.start()
    print(f"recovered after {recovered(lambda: whole(broken)):.1f} s")
    assert "nausea" in patient.say("why?")["text"]
    assert stored(postgres) == 1


def test_postgresql_hangs(broken: Broken, postgres: Service) -> None:
    patient = broken.patient()
    assert HOURS["pain-team"] in patient.say(ASKED)["text"]
    postgres.send(signal.SIGSTOP)
    try:
        meanwhile(broken, patient)
    finally:
        postgres.send(signal.SIGCONT)
    print(f"recovered after {recovered(lambda: whole(broken)):.1f} s")
    assert "nausea" in patient.say("why?")["text"]


def meanwhile(broken: Broken, patient: Any) -> None:
    """Plain words in time, and help in danger, on the web and by SMS."""
    said = patient.say("how much is it?")
    assert said["kind"] == "error" and said["took"] < IN_TIME, said
    crisis = patient.say("i want to die")
    assert "988" in crisis["text"] and crisis["took"] < IN_TIME
    assert "988" in broken.patient().say("i want to die")["text"]
    began = time.monotonic()
    assert "988" in (broken.phone().text("i want to die") or "")
    assert time.monotonic() - began < IN_TIME


def whole(broken: Broken) -> bool:
    """Whether new patients are answered, by whichever worker."""
    return all(HOURS["pain-team"] in broken.patient().say(ASKED)["text"] for _ in range(4))


def stored(postgres: Service) -> int:
    """How many consult requests there are."""
    import psycopg2

    connection = psycopg2.connect(postgres.url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM consult_requests")
            return int(cursor.fetchone()[0])
    finally:
        connection.close()
