"""For the tests of the bench: a system that needs no servers, and a report as small as one can be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.bench import report as reports
from bot.bench.stats import spread
from bot.bench.systems import System
from bot.bench.two import OURS, STOCK
from bot.evaluate.gold import GoldRow

MakeSystem = Callable[..., System]
MakeRow = Callable[..., GoldRow]


@pytest.fixture
def make_row() -> MakeRow:
    """Makes a gold row; what is not named is usual."""

    def make(identifier: str, **fields: Any) -> GoldRow:
        usual: dict[str, Any] = {"clinic": "north", "style": "plain", "split": "test", "text": "when do i stop eating"}
        usual |= {"facts": (), "must": (), "questions": (), "unanswerable": False}
        return GoldRow(identifier, **{**usual, **fields})

    return make


@pytest.fixture
def make_system(tmp_path: Path) -> MakeSystem:
    """Makes a system whose commands are never run unless they are given."""

    def make(name: str = OURS, **fields: Any) -> System:
        usual: dict[str, Any] = {
            "kind": "web",
            "train": ["false"],
            "serve": lambda port: ["false"],
            "answers": lambda client: True,
            "folder": tmp_path,
            "env": {},
            "log": tmp_path / f"{name}.log",
        }
        return System(name, **{**usual, **fields})

    return make


def window(p50: list[float], throughput: list[float]) -> dict[str, Any]:
    """What `measuring.windows` tells of a system at one level."""
    slow = {"p95": spread([2 * v for v in p50]), "p99": spread([3 * v for v in p50])}
    cpu = {"server": 4.0, "idle": 0.01, "load": 1.5}
    return {"p50": spread(p50), **slow, "throughput": spread(throughput), "messages": 900, "cpu": cpu}


@pytest.fixture
def measured() -> dict[str, Any]:
    """What one run of two repeats measures: the aims for start and training are missed, the others met."""
    times = {"p50": 1.0, "p95": 2.0, "p99": 3.0}
    many: dict[str, Any] = {"clinics": 10, "entries": 500, "phrasings": 12_345, "build_seconds": 1.5, "memory_mb": 40.0}
    many |= {what: {**times, "p99_range": [times["p99"], times["p99"] + 1]} for what in ("text", "message")}
    one = {"vectors": 1_000, "recall": 0.99, "memory_mb": 4.0, "build_seconds": 0.5, **times}
    memory = {"pss": 500.0, "processes": {"bot.cli (1)": 90.0, "bot.rasa_server (2)": 410.0}}
    return {
        "training": {OURS: {"seconds": 60.0, "cpu_seconds": 70.0}, STOCK: {"seconds": 100.0, "cpu_seconds": 190.0}},
        "start": {OURS: spread([9.0, 12.0]), STOCK: spread([20.0, 20.0])},
        "load": {
            OURS: {"1": window([10.0, 12.0], [90.0, 80.0]), "32": window([300.0, 320.0], [100.0, 110.0])},
            STOCK: {"1": window([40.0, 60.0], [24.0, 20.0]), "32": window([1200.0, 1300.0], [20.0, 22.0])},
        },
        "memory": {OURS: {"rss": 550.0, **memory}, STOCK: {"rss": 1100.0, **memory}},
        "long": [30.0, 11.0] + [10.0] * 16 + [12.0] * 2,
        "parts": {
            part: {"p50": n + 0.25, "p95": n + 0.75} for n, part in enumerate(("screen", "turn", "bare forward pass"))
        },
        "scale": {
            "clinics": [{**many, "clinics": 2}, many],
            "single": [
                {**one, "kind": "exhaustive", "chosen": True},
                {**one, "kind": "cells", "chosen": False},
                {**one, "kind": "graph", "chosen": False},
            ],
        },
    }


@pytest.fixture
def options() -> dict[str, Any]:
    """What the report shows of the plan."""
    sample = {"questions": 6, "phrasings": 15, "epochs": 100, "seed": 7}
    return {"sample": sample, "repeats": 2, "seconds": 12.0, "warm_up": 3.0, "together": False}


@pytest.fixture
def report(measured: dict[str, Any], options: dict[str, Any]) -> reports.Report:
    """The report of that run."""
    held = {"questions": 6, "phrasings": 96, "clinics": 2, "entries": 4}
    return reports.make(measured, options=options, held=held)
