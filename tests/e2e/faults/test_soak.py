"""Half of the top load for a while: no error, every reply in time, memory flat.

`FAQBOT_SOAK=600` soaks for ten minutes; without it half a minute shows that the test works.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from bot.evaluate import gold
from bot.settings import ROOT, settings
from tests.e2e.faults.conftest import Broken, watched

pytestmark = pytest.mark.e2e

SECONDS = float(os.environ.get("FAQBOT_SOAK", "30"))
TOP_SECONDS = 5.0  # as fast as it goes, to know what half of it is
AT_ONCE = 16
TURNS = 5  # of a conversation
GROWTH = 0.05  # of memory, from the second fifth to the last: caches are full by then


@dataclass
class Load:
    """Patients who ask gold questions, five a conversation, each after the reply to the one before."""

    broken: Broken
    gap: float = 0.0  # seconds between two messages of all patients together
    took: list[float] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)

    def run(self, seconds: float) -> None:
        """Ask for so long."""
        rows = gold.of_split(gold.load(ROOT / "tests" / "gold"), "development")
        talks = itertools.cycle([rows[i : i + TURNS] for i in range(0, len(rows), TURNS)])
        lock, end, due = threading.Lock(), time.monotonic() + seconds, time.monotonic()

        def next_talk() -> list[gold.GoldRow]:
            with lock:
                return list(next(talks))

        def wait() -> None:
            nonlocal due
            with lock:
                due = max(due + self.gap, time.monotonic() - 1)
                pause = due - time.monotonic()
            time.sleep(max(0.0, pause))

        def talk_on() -> None:
            while time.monotonic() < end:
                talk = next_talk()
                patient = self.broken.patient(talk[0].clinic)
                for row in talk:
                    wait()
                    said = patient.say(row.text)  # fails where it takes longer than 3 s
                    self.took.append(said["took"])
                    if said["kind"] == "error":
                        self.odd.append(row.text)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            for done in [pool.submit(talk_on) for _ in range(AT_ONCE)]:
                done.result()


def sampled(memory: Callable[[], dict[str, int]], seconds: float, into: list[dict[str, int]]) -> None:
    """Look at the memory of the servers fifty times."""
    for _ in range(50):
        into.append(memory())
        time.sleep(seconds / 50)


def test_half_of_the_top_load_for_a_while(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("soak")
    kept = {"FAQBOT_TRACKER_URL": f"sqlite:///{folder / 'conversations.db'}"}  # in memory they grow by their number
    with watched(settings().copy(update={"run_dir": folder}), kept) as broken:
        top = Load(broken)
        top.run(TOP_SECONDS)
        rate = len(top.took) / TOP_SECONDS
        load, seen = Load(broken, gap=2 / rate), []
        watcher = threading.Thread(target=sampled, args=(broken.assistant.memory, SECONDS, seen))
        watcher.start()
        load.run(SECONDS)
        watcher.join()
    ordered = sorted(load.took)
    print(
        f"{len(load.took)} messages in {SECONDS:.0f} s (top load {rate:.0f} a second), median "
        f"{1000 * ordered[len(ordered) // 2]:.0f} ms, slowest {1000 * ordered[-1]:.0f} ms"
    )
    assert top.odd == load.odd == []
    assert len(load.took) > 0.3 * rate * SECONDS  # it was half of the top load
    for name in seen[0]:
        early = sorted(row[name] for row in seen[10:20])[5]
        late = sorted(row[name] for row in seen[40:])[5]
        print(f"{name}: {early / 2**20:.0f} MB, at the end {late / 2**20:.0f} MB")
        assert late < early * (1 + GROWTH)
