"""Two Rasa workers and two action servers on real Redis, PostgreSQL and RabbitMQ, each started as its container is."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from bot.ports import free_port
from bot.settings import ROOT
from tests.consult.fixtures import POSTGRES

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("socket_enabled")]

REDIS = make_url(os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0"))
RABBITMQ = make_url(os.environ.get("FAQBOT_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672"))
TOKEN = "operator-token-of-the-test"
NAME, PHONE = "Ana Canary", "512-555-0123"
ROUNDS = 10
SAMPLED = 10.0  # seconds in which an outbox is read, and the metrics of another process are seen
FORM = ("I would like someone to call me", NAME, PHONE, "mornings", "cost", "yes")


@dataclass
class Machines:
    """What runs: the address of Rasa, the ports of metrics by process, the logs, and the database."""

    url: str
    metrics: dict[str, int]
    logs: dict[str, Path]
    database: str
    processes: dict[str, subprocess.Popen[bytes]]

    def say(self, conversation: str, text: str) -> dict[str, Any]:
        """One turn over a connection of its own, so that any worker may get it."""
        body = {"text": text, "conversation": conversation, "channel": "web", "clinic": "pain-team"}
        with httpx.Client(base_url=self.url, trust_env=False, timeout=20) as client:
            reply = client.post("/webhooks/operator/turn", json=body, headers={"Authorization": f"Bearer {TOKEN}"})
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found

    def shown(self, process: str) -> str:
        """The metrics of a process."""
        return httpx.get(f"http://127.0.0.1:{self.metrics[process]}/metrics", trust_env=False).text

    def lines(self, process: str) -> list[dict[str, Any]]:
        """What it has logged."""
        return [json.loads(line) for line in self.logs[process].read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    name = f"faqbot_{uuid.uuid4().hex[:12]}"
    try:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    except OperationalError:
        pytest.skip("no PostgreSQL; start one, or set FAQBOT_TEST_POSTGRES_URL")
    yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def require_stores() -> None:
    try:
        redis.Redis(host=REDIS.host, port=REDIS.port or 6379, password=REDIS.password).ping()
    except redis.RedisError:
        pytest.skip("no Redis; start redis-server, or set TEST_REDIS_URL")
    try:
        socket.create_connection((str(RABBITMQ.host), RABBITMQ.port or 5672), timeout=2).close()
    except OSError:
        pytest.skip("no RabbitMQ; start rabbitmq-server, or set FAQBOT_TEST_RABBITMQ_URL")


class OneAddress:
    """Hands each connection to the next of the ports that takes it, as a service of Kubernetes does."""

    def __init__(self, ports: list[int]) -> None:
        self._ports = itertools.cycle(ports)
        self._count = len(ports)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            for port in itertools.islice(self._ports, self._count):
                with contextlib.suppress(OSError):
                    far = socket.create_connection(("127.0.0.1", port), timeout=5)
                    far.settimeout(None)
                    for pair in ((near, far), (far, near)):
                        threading.Thread(target=_pump, args=pair, daemon=True).start()
                    break
            else:
                near.close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@pytest.fixture(scope="module")
def machines(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """All processes, once each of them answers."""
    require_stores()
    root = tmp_path_factory.mktemp("machines")
    ports = {name: free_port() for name in ("rasa", "actions-1", "actions-2")}
    metrics = {name: free_port() for name in ports}
    address = OneAddress([ports["actions-1"], ports["actions-2"]])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FAQBOT_", "OTEL_"))}
    common = {
        **kept, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "FAQBOT_LOG_FORMAT": "json",
        "FAQBOT_OPERATOR_TOKEN": TOKEN, "FAQBOT_WEB_SECRET": "s" * 40, "FAQBOT_DATABASE_URL": database,
        "FAQBOT_TRACKER_URL": database, "FAQBOT_CONSULT_KEYS": f"k:{base64.b64encode(b'3' * 32).decode()}",
        "FAQBOT_REDIS_URL": REDIS.render_as_string(hide_password=False), "REDIS_HOST": str(REDIS.host),
        "REDIS_PORT": str(REDIS.port or 6379), "REDIS_PASSWORD": str(REDIS.password or ""),
        "RABBITMQ_HOST": str(RABBITMQ.host), "RABBITMQ_PORT": str(RABBITMQ.port or 5672),
        "RABBITMQ_USER": str(RABBITMQ.username), "RABBITMQ_PASSWORD": str(RABBITMQ.password),
        "FAQBOT_ACTION_URL": f"http://127.0.0.1:{address.port}", "SANIC_WORKERS": "2",
    }  # fmt: skip
    running: dict[str, subprocess.Popen[bytes]] = {}
    logs = {name: root / f"{name}.log" for name in ports}
    try:
        for name, port in ports.items():
            env = {
                **common, "FAQBOT_RUN_DIR": str(root / name), "FAQBOT_METRICS_PORT": str(metrics[name]),
                "FAQBOT_PORT": str(port), "FAQBOT_ACTION_PORT": str(port),
            }  # fmt: skip
            command = [sys.executable, "-m", "bot.container", name.partition("-")[0]]
            with logs[name].open("wb") as out, (root / f"{name}.err").open("wb") as errors:
                running[name] = subprocess.Popen(command, env=env, cwd=ROOT, stdout=out, stderr=errors)
        _wait({f"http://127.0.0.1:{port}/{'live' if n == 'rasa' else 'health'}" for n, port in ports.items()}, root)
        yield Machines(f"http://127.0.0.1:{ports['rasa']}", metrics, logs, database, running)
    finally:
        for process in running.values():
            process.terminate()
        for process in running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
            process.wait()
        address.close()


def _wait(urls: set[str], root: Path) -> None:
    end = time.monotonic() + 120
    while urls and time.monotonic() < end:
        for url in sorted(urls):
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(url, trust_env=False, timeout=2).status_code == 200:
                    urls.discard(url)
        time.sleep(0.3)
    told = "\n".join(file.read_text(encoding="utf-8", errors="replace")[-1500:] for file in sorted(root.glob("*.err")))
    assert not urls, f"{urls} did not answer:\n{told}"


def told(replies: list[dict[str, Any]]) -> str:
    """What a conversation was told, for the message of a failed test."""
    return "\n".join(f"{reply['kind']}: {reply['messages'][0]['text']}" for reply in replies)


def test_conversations_that_hop_between_workers_stay_whole(machines: Machines) -> None:
    def talk(number: int) -> list[dict[str, Any]]:
        conversation = f"hop-{number}-{uuid.uuid4().hex}"
        return [machines.say(conversation, text) for text in ("how long does one infusion take", *FORM)]

    hopped: dict[str, set[int]] = {}
    held = 0
    # which worker gets a connection is the kernel's choice: one that is quick enough may get a whole round
    for _ in range(ROUNDS):
        with ThreadPoolExecutor(4) as pool:
            conversations = list(pool.map(talk, range(8)))
        held += len(conversations)
        for replies in conversations:
            assert [reply["kind"] for reply in replies] == ["answer", *["consult"] * len(FORM)], told(replies)
            assert any(word in replies[-1]["messages"][0]["text"] for word in ("request number", "your open request"))
        turns = [line for line in machines.lines("rasa") if line["logger"] == "bot.turns"]
        assert len(turns) == held * (1 + len(FORM))
        for line in turns:
            hopped.setdefault(line["conversation"], set()).add(line["pid"])
        if any(len(pids) == 2 for pids in hopped.values()):
            break
    assert len(hopped) == held and any(len(pids) == 2 for pids in hopped.values()), "one worker had all turns"
    for name in ("actions-1", "actions-2"):
        assert 'faqbot_part_seconds_count{part="action"}' in machines.shown(name), f"{name} had no question"
    with create_engine(machines.database).connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM consult_submissions").scalar() == held


def test_one_port_shows_both_workers(machines: Machines) -> None:
    machines.say(f"seen-{uuid.uuid4().hex}", "how long does one infusion take")
    shown = machines.shown("rasa")
    answered = 'faqbot_turns_total{channel="web",clinic="pain-team",kind="answer"} '
    counted = len([line for line in machines.lines("rasa") if line.get("kind") == "answer"])
    assert f"{answered}{float(counted)}" in shown
    assert 'faqbot_version{part="rasa_model"' in shown
    readable, began = 'faqbot_outbox_readable{outbox="consult"} 1.0', time.monotonic()
    while readable not in shown and time.monotonic() - began < SAMPLED:  # the outbox is read now and then
        time.sleep(0.5)
        shown = machines.shown("rasa")
    assert readable in shown


def test_no_log_has_a_canary_in_it(machines: Machines) -> None:
    conversation = f"canary-{uuid.uuid4().hex}"
    for text in (*FORM, f"my name is {NAME}, my number is {PHONE}"):
        machines.say(conversation, text)
    for file in machines.logs.values():
        for text in (file.read_text(encoding="utf-8"), file.with_suffix(".err").read_text(encoding="utf-8")):
            assert not [canary for canary in ("Canary", "5550123", "555-0123", conversation) if canary in text], file


def test_an_action_server_that_is_killed_leaves_nobody_without_words(machines: Machines) -> None:
    machines.processes["actions-1"].kill()
    machines.processes["actions-1"].wait()
    for _ in range(6):
        reply = machines.say(f"alone-{uuid.uuid4().hex}", "how long does one infusion take")
        assert reply["kind"] in {"answer", "error"} and reply["messages"][0]["text"]
    assert machines.say(f"alone-{uuid.uuid4().hex}", "how long does one infusion take")["kind"] == "answer"
    assert machines.say(f"alone-{uuid.uuid4().hex}", "i want to kill myself")["kind"] == "crisis"
