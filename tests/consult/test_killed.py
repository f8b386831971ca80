"""Processes that store and send are killed at random instants, and nothing is lost, doubled or half there.

`FAQBOT_KILLS=200` makes 200 runs; without it there are 40.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event as EventType
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.consult.deliver import SignedWebhook
from bot.consult.filters import Filter
from bot.consult.keys import Keyring
from bot.consult.model import ConsultRequest
from bot.consult.outbox import Notification, Outbox
from bot.consult.queue import StaffQueue
from bot.consult.store import ConsultStore
from bot.consult.tables import OUTBOX
from bot.consult.worker import Worker
from tests.consult.fixtures import NOW, OLD_KEY, a_request
from tests.consult.receiver import webhook
from tests.consult.test_notifying import INBOX, SECRET, clinics_with

KILLS = int(os.environ.get("FAQBOT_KILLS", "40"))
LIVES = 12  # the longest life of a process, in times that storing one request takes on this machine
SEED = 20261124
FORK = multiprocessing.get_context("fork")  # a child begins at once, with all imported

pytestmark = [pytest.mark.usefixtures("socket_enabled"), pytest.mark.timeout(600)]


def opened(url: str) -> ConsultStore:
    """The store as each process opens it."""
    return ConsultStore(url, Keyring.parse(OLD_KEY), destinations=lambda clinic: ("webhook",))


def numbered(number: int) -> ConsultRequest:
    """A request of a patient of its own."""
    contact = f"patient-{number}@example.com"
    return a_request(
        conversation=f"conversation-{number}", form_run="1", name=f"Patient {number}", phone=None, email=contact,
        contact_method="email", created_at=NOW + timedelta(seconds=number),
    )  # fmt: skip


def storing(ready: EventType, url: str, first: int, acknowledged: Path) -> None:
    """Store one request after the other; each is acknowledged as a patient would read it."""
    store = opened(url)
    ready.set()
    log = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for number in range(first, first + 1000):
        public_id = store.add(numbered(number)).public_id
        os.write(log, f"{number} {public_id}\n".encode())


def sending(ready: EventType, url: str, target: str) -> None:
    """Send whatever is due."""
    sender = SignedWebhook(clinics_with(target), {"north": SECRET}, inbox_url=INBOX)
    worker = Worker(Outbox(opened(url).database, lease=0.3), {"webhook": sender})
    ready.set()
    while True:
        if not worker.run_once():
            time.sleep(0.002)


def killed_after(seconds: float, run: Callable[..., None], *arguments: object, opening: bool) -> None:
    """Let a process run for so long, then kill it: counted from its birth, or once it has opened the database."""
    ready = FORK.Event()
    process: BaseProcess = FORK.Process(target=run, args=(ready, *arguments))
    process.start()
    if not opening:
        assert ready.wait(60)
    time.sleep(seconds)
    assert process.is_alive(), "it was to be killed while it works"
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    process.close()


def seconds_to_store(url: str) -> float:
    """How long one request takes on this machine just now; those stored for it have numbers that no run uses."""
    store = opened(url)
    began = time.monotonic()
    for number in range(10):
        store.add(numbered(900_000 + number))
    took = time.monotonic() - began
    store.database.engine.dispose()
    return took / 10


def read_acknowledged(path: Path) -> dict[int, str]:
    """Number of each acknowledged request and the id that the patient was told."""
    lines = path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []
    return {int(number): public_id for number, public_id in (line.split() for line in lines)}


def test_killed_at_any_instant_nothing_is_lost_doubled_or_half_there(
    database_url: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance, acknowledged = random.Random(SEED), tmp_path / "acknowledged"
    longest = min(LIVES * seconds_to_store(database_url), 0.5)
    with webhook() as posted:
        for run in range(KILLS):
            life, opening = chance.uniform(0.0, longest), run % 4 < 2
            if run % 2:
                killed_after(life, sending, database_url, posted.url, opening=opening)
            else:
                # the same numbers again, as a channel that heard no answer would: they must not be doubled
                first = max(read_acknowledged(acknowledged), default=0) - chance.randrange(3)
                killed_after(life, storing, database_url, max(first, 0), acknowledged, opening=opening)
        store = opened(database_url)
        known = read_acknowledged(acknowledged)
        _finish(store, posted.url)
    found = StaffQueue(store.database, actor="test", clinics=None).list(Filter(), limit=100_000)
    by_number = {int(r.latest.conversation.split("-")[1]): r for r in found}
    record_property("acknowledged", len(known))
    print(f"{KILLS} kills, {len(known)} acknowledged, {len(found)} stored, {len(posted.bodies)} arrivals")
    assert len(known) > KILLS / 4, "the processes lived too briefly to store anything"
    assert len(by_number) == len(found), "none is there twice"
    assert {number: by_number[number].public_id for number in known} == known
    assert all(r.submissions == (numbered(number),) for number, r in by_number.items()), "none is half there"
    with store.database.read() as connection:
        rows = connection.execute(select(OUTBOX.c.id, OUTBOX.c.public_id, OUTBOX.c.delivered_at)).all()
    assert Counter(row.public_id for row in rows) == Counter(r.public_id for r in found), "one notification each"
    assert all(row.delivered_at is not None for row in rows)
    assert {headers["webhook-id"] for headers in posted.headers} == {row.id for row in rows}
    if store.database.sqlite:
        with sqlite3.connect(str(store.database.engine.url.database)) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    store.database.engine.dispose()


def _finish(store: ConsultStore, target: str) -> None:
    """Send what is left, once the leases of the dead have ended."""
    sender = SignedWebhook(clinics_with(target), {"north": SECRET}, inbox_url=INBOX)
    outbox = Outbox(store.database, lease=0.3)
    worker, sent = Worker(outbox, {"webhook": sender}), time.monotonic()
    while outbox.waiting():
        if worker.run_once():
            sent = time.monotonic()
        elif time.monotonic() - sent > 60:
            with store.database.read() as connection:
                stuck = connection.execute(select(OUTBOX).where(OUTBOX.c.delivered_at.is_(None))).mappings().all()
            pytest.fail(f"nothing can be sent any more, and there wait {stuck}")
        else:
            time.sleep(0.05)


def some(url: str, patients: range) -> None:
    """Patients of one process, all at once, each through a thread."""
    store = opened(url)
    with ThreadPoolExecutor(len(patients)) as pool:
        receipts = list(pool.map(store.add, [numbered(number) for number in patients]))
    os._exit(0 if len({receipt.public_id for receipt in receipts}) == len(patients) else 1)


def test_twenty_patients_at_once_in_threads_and_processes_lose_nothing(database_url: str) -> None:
    """The database is made by them too: four processes open it at the same instant."""
    processes = [FORK.Process(target=some, args=(database_url, range(n * 5, n * 5 + 5))) for n in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 4
    store = opened(database_url)
    found = StaffQueue(store.database, actor="test", clinics=None).list(Filter(), limit=100)
    assert sorted(r.latest.name for r in found) == sorted(f"Patient {n}" for n in range(20))
    taken: tuple[Notification, ...] = Outbox(store.database).take(limit=100)
    assert Counter(n.public_id for n in taken) == Counter(r.public_id for r in found)
    store.database.engine.dispose()
