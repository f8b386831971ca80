"""What a run comes to: the ratios, every figure, and the machine it was measured on."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from bot.bench.measuring import compared
from bot.bench.stats import ratios
from bot.bench.two import OURS, STOCK

Report = dict[str, Any]

FILE = "bench.json"
ONE = "1"  # conversation at once: where the latency is that of one patient
TARGETS: Mapping[str, tuple[str, float]] = {
    "p50": ("at most", 0.35),
    "throughput": ("at least", 3.0),
    "training": ("at most", 0.5),
    "start": ("at most", 0.4),
    "memory": ("at most", 1.1),
}
PACKAGES = ("rasa", "tensorflow-cpu", "onnxruntime", "faiss-cpu", "numpy", "sanic", "aiohttp")


def make(measured: Mapping[str, Any], *, options: Mapping[str, Any], held: Mapping[str, int]) -> Report:
    """The report of one run. `measured` holds what `bot.bench` measured, by name; `held` what both systems hold."""
    return {
        "ratio": {name: spread["median"] for name, spread in _ratios(measured).items()},
        "ratio_spread": _ratios(measured),
        "targets": {name: {"bound": bound, "value": value} for name, (bound, value) in TARGETS.items()},
        "content": dict(held),
        **measured,
        "about": {"options": dict(options), "made": _now(), "machine": machine(), "versions": versions()},
    }


def met(report: Mapping[str, Any]) -> dict[str, bool]:
    """Whether each target is met."""
    return {
        name: ratio <= TARGETS[name][1] if TARGETS[name][0] == "at most" else ratio >= TARGETS[name][1]
        for name, ratio in report["ratio"].items()
    }


def write(report: Report, path: Path) -> None:
    """Write the figures as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def machine() -> dict[str, Any]:
    """The processors, the memory and the system."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1024**3, 1),
        "system": platform.platform(terse=True),
    }


def versions() -> dict[str, str]:
    """The packages that the figures depend on."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def most(levels: Mapping[str, Any]) -> str:
    """The level with the most conversations at once: where throughput is read.

    >>> most({"1": {}, "32": {}, "8": {}})
    '32'
    """
    return max(levels, key=int)


def _ratios(measured: Mapping[str, Any]) -> dict[str, Any]:
    ours, theirs = measured["load"][OURS], measured["load"][STOCK]
    training = [measured["training"][name]["seconds"] for name in (OURS, STOCK)]
    memory = [measured["memory"][name]["rss"] for name in (OURS, STOCK)]
    return {
        "p50": compared(ours[ONE], theirs[ONE], "p50"),
        "throughput": compared(ours[most(ours)], theirs[most(theirs)], "throughput"),
        "training": ratios([training[0]], [training[1]]),
        "start": ratios(measured["start"][OURS]["repeats"], measured["start"][STOCK]["repeats"]),
        "memory": ratios([memory[0]], [memory[1]]),
    }


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


def _processor() -> str:
    cpu = Path("/proc/cpuinfo")
    lines = cpu.read_text(encoding="utf-8").splitlines() if cpu.is_file() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
