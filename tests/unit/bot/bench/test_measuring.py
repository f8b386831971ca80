"""Two systems side by side: windows alternate, figures and processor time are those of the window."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.bench import measuring
from bot.bench.load import Result
from bot.bench.systems import BenchError, Memory, System
from bot.bench.two import OURS, STOCK
from bot.bench.workload import Conversation, Supply
from tests.unit.bot.bench.conftest import MakeSystem

TALKS: list[Conversation] = [("north", (f"{n} a", f"{n} b")) for n in range(20_000)]


def ignore(stage: str, done: int, total: int) -> None:
    """No progress."""


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> Callable[[Result], list[dict[str, Any]]]:
    """Has the load's process answer with that; returns the specs that it got."""

    def answer(result: Result) -> list[dict[str, Any]]:
        specs: list[dict[str, Any]] = []

        def run(command: list[str], **_: Any) -> Any:
            assert command[1:3] == ["-m", "bot.bench.load"]
            specs.append(json.loads(Path(command[3]).read_text(encoding="utf-8")))
            Path(command[4]).write_text(json.dumps(result.__dict__), encoding="utf-8")
            return SimpleNamespace(returncode=0)

        monkeypatch.setattr(subprocess, "run", run)
        return specs

    return answer


def test_a_window_of_load_says_the_next_conversations_and_gives_back_the_spare(
    make_system: MakeSystem, loaded: Callable[[Result], list[dict[str, Any]]]
) -> None:
    supply = Supply(TALKS)
    count = 8 + 4 * measuring.PER_SECOND // measuring.TURNS
    specs = loaded(Result([10.0], seconds=3, spare=count - 5))
    system = make_system(port=4711)
    for _ in range(2):
        measuring.load(system, supply, at_once=8, seconds=3, warm_up=1)
    assert specs[0]["conversations"] == [[clinic, list(said)] for clinic, said in TALKS[:count]]
    assert specs[1]["conversations"][0] == ["north", ["5 a", "5 b"]]
    asked = {name: specs[0][name] for name in ("kind", "url", "at_once", "seconds", "warm_up")}
    assert asked == {"kind": "web", "url": "http://127.0.0.1:4711", "at_once": 8, "seconds": 3, "warm_up": 1}
    assert next(supply) == TALKS[10]


@pytest.mark.parametrize(
    ("result", "talks", "said"),
    [
        (Result([1.0, 2.0], errors=1, spare=1), TALKS, r"left 1 messages without a reply \(2 counted\)"),
        (Result([], spare=1), TALKS, "answered no message within 3 s"),
        (Result([1.0], spare=0), TALKS, "answered faster than the load had messages; raise PER_SECOND"),
        (Result([1.0], spare=0), TALKS[:9], "used up; run with fewer `--repeats`"),
    ],
)
def test_a_window_that_is_not_whole_ends_the_run(
    make_system: MakeSystem,
    loaded: Callable[[Result], list[dict[str, Any]]],
    result: Result,
    talks: list[Conversation],
    said: str,
) -> None:
    loaded(result)
    with pytest.raises(BenchError, match=said):
        measuring.load(make_system(), Supply(talks), at_once=2, seconds=3, warm_up=0)


def test_a_load_that_fails_is_an_error_with_its_words(make_system: MakeSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = SimpleNamespace(returncode=1, stderr="KeyError: 'token'")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(BenchError, match=r"(?s)the load of this assistant failed:.*'token'"):
        measuring.load(make_system(), Supply(TALKS), at_once=1, seconds=1, warm_up=0)


def test_a_long_conversation_is_held_alone_and_to_its_end(
    make_system: MakeSystem, loaded: Callable[[Result], list[dict[str, Any]]]
) -> None:
    specs = loaded(Result([3.0, 1.0, 2.0]))
    assert measuring.long_conversation(make_system(), ("north", ("a", "b", "c"))) == [3.0, 1.0, 2.0]
    assert specs[0]["conversations"] == [["north", ["a", "b", "c"]]]
    assert (specs[0]["at_once"], specs[0]["seconds"]) == (1, 0)


@pytest.fixture
def both(make_system: MakeSystem, monkeypatch: pytest.MonkeyPatch) -> tuple[tuple[System, System], list[str]]:
    """Two systems whose load is made up, and the log of what was loaded: ours 10 ms, the stock one 40."""
    systems = make_system(OURS), make_system(STOCK)
    log: list[str] = []
    used = {OURS: 0.0, STOCK: 0.0}

    def load(system: System, talks: Supply, *, at_once: int, seconds: float, warm_up: float) -> Result:
        log.append(f"{system.name} {at_once}")
        used[system.name] += 2.5 if system.name == OURS else 5.0
        ms = 10.0 if system.name == OURS else 40.0
        return Result([ms] * 99 + [9 * ms], seconds=seconds, cpu=1.25)

    monkeypatch.setattr(measuring, "load", load)
    monkeypatch.setattr(System, "cpu", lambda self: {"server (1)": 100 + used[self.name], "server (2)": 50.0})
    return systems, log


def test_windows_alternate_and_every_other_repeat_begins_with_the_other_system(
    both: tuple[tuple[System, System], list[str]],
) -> None:
    systems, log = both
    ticks: list[tuple[str, int, int]] = []
    measuring.windows(
        systems, Supply(TALKS), levels=(1, 8), repeats=3, seconds=10, warm_up=2, tick=lambda *tick: ticks.append(tick)
    )
    there = [f"{OURS} 1", f"{STOCK} 1", f"{OURS} 8", f"{STOCK} 8"]
    back = [f"{STOCK} 1", f"{OURS} 1", f"{STOCK} 8", f"{OURS} 8"]
    assert log == [*there, *back, *there]
    assert ticks == [("load", n, 12) for n in range(1, 13)]


def test_the_figures_of_a_level_are_those_of_its_windows(both: tuple[tuple[System, System], list[str]]) -> None:
    systems, _ = both
    found = measuring.windows(systems, Supply(TALKS), levels=(8,), repeats=2, seconds=10, warm_up=2.5, tick=ignore)
    row = found[STOCK]["8"]
    assert (row["p50"]["median"], row["p95"]["median"], row["p99"]["median"]) == (40.0, 40.0, 40.0)
    assert row["throughput"]["repeats"] == [10.0, 10.0]
    assert row["messages"] == 200
    # 100 messages counted of 125 said: the processors worked in the warm-up too
    assert row["cpu"] == {"load": 10.0, "server": 40.0}
    assert found[OURS]["8"]["cpu"] == {"load": 10.0, "server": 20.0}
    assert measuring.compared(found[OURS]["8"], row, "p50")["repeats"] == [0.25, 0.25]


class Starting:
    """Systems that start and stop at once; notes what they do."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.together: threading.Barrier | None = None

    def start(self, system: System) -> float:
        """Serve."""
        if self.together:
            self.together.wait()
        self.log.append(f"start {system.name}")
        return 9.0 if system.name == OURS else 27.0

    def stop(self, system: System) -> None:
        """End."""
        self.log.append(f"stop {system.name}")


@pytest.fixture
def starting(monkeypatch: pytest.MonkeyPatch) -> Starting:
    """What stands in for processes."""
    made = Starting()
    monkeypatch.setattr(System, "start", lambda system: made.start(system))
    monkeypatch.setattr(System, "stop", lambda system: made.stop(system))
    return made


def test_starts_alternate_each_alone_and_the_last_ones_serve_on(make_system: MakeSystem, starting: Starting) -> None:
    systems = make_system(OURS), make_system(STOCK)
    found = measuring.starts(systems, repeats=2, tick=ignore)
    assert found == {OURS: [9.0, 9.0], STOCK: [27.0, 27.0]}
    first = [f"start {OURS}", f"stop {OURS}", f"start {STOCK}", f"stop {STOCK}"]
    assert starting.log == [*first, f"start {OURS}", f"start {STOCK}"]


def test_started_together_both_start_at_the_same_time(make_system: MakeSystem, starting: Starting) -> None:
    starting.together = threading.Barrier(2, timeout=5)  # each waits for the other
    found = measuring.starts((make_system(OURS), make_system(STOCK)), repeats=1, tick=ignore, together=True)
    assert found == {OURS: [9.0], STOCK: [27.0]}


def test_memory_is_that_of_all_processes(make_system: MakeSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Memory(rss=100.04, pss=80.06, processes={"a (1)": 60.0, "b (2)": 40.0})
    monkeypatch.setattr(System, "memory", lambda self: held)
    assert measuring.memory(make_system()) == {"rss": 100.0, "pss": 80.1, "processes": {"a (1)": 60.0, "b (2)": 40.0}}
