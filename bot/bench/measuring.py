"""The measurements of two systems side by side, alternating, so that both meet the same minutes of the machine."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from bot.bench.load import Result, Spec
from bot.bench.stats import percentile, ratios, spread
from bot.bench.systems import BenchError, Memory, System
from bot.bench.workload import TURNS, Conversation, Supply
from bot.settings import ROOT

PER_SECOND = 500  # messages at hand for each second of a window; what is not said goes back
SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}

Tick = Callable[[str, int, int], None]


def load(system: System, conversations: Supply, *, at_once: int, seconds: float, warm_up: float) -> Result:
    """One window of load from a process of its own; with `seconds` 0 as many conversations as go on at once, whole.

    Conversations that were not begun go back. Raises BenchError where the load fails, or a message got no reply.
    """
    count = at_once + int((seconds + warm_up) * PER_SECOND / TURNS) if seconds else at_once
    taken = list(islice(conversations, count))
    spec = Spec(system.kind, system.url, [(clinic, list(texts)) for clinic, texts in taken], at_once, seconds, warm_up)
    with tempfile.TemporaryDirectory() as scratch:
        asked, out = Path(scratch) / "spec.json", Path(scratch) / "out.json"
        asked.write_text(json.dumps(asdict(spec)), encoding="utf-8")
        command = [sys.executable, "-m", "bot.bench.load", str(asked), str(out)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise BenchError(f"the load of {system.name} failed:\n{done.stderr[-2000:]}")
        result = Result(**json.loads(out.read_text(encoding="utf-8")))
    if result.errors:
        counted = len(result.latencies)
        raise BenchError(f"{system.name} left {result.errors} messages without a reply ({counted} counted)")
    if not result.latencies:
        raise BenchError(f"{system.name} answered no message within {seconds:.0f} s")
    if seconds and not result.spare:
        raise BenchError(_used_up(system.name, whole=len(taken) == count))
    conversations.put_back(taken[len(taken) - result.spare :])
    return result


def windows(
    systems: Sequence[System],
    conversations: Supply,
    *,
    levels: Sequence[int],
    repeats: int,
    seconds: float,
    warm_up: float,
    tick: Tick,
) -> dict[str, dict[str, Any]]:
    """Latency and throughput of each system at each level (conversations at once), windows alternating.

    Every other repeat begins with the other system, so that neither always comes second.
    {system: {level: {"p50": spread, "p95": …, "p99": …, "throughput": spread, "messages": n, "cpu": …}}}; `cpu` are
    milliseconds of the processors a message, by process, and those of the load itself.
    """
    found: dict[str, dict[str, list[dict[str, Any]]]] = {s.name: {str(n): [] for n in levels} for s in systems}
    done, total = 0, repeats * len(levels) * len(systems)
    for repeat in range(repeats):
        for level in levels:
            for system in systems if repeat % 2 == 0 else reversed(systems):
                before = system.cpu()
                result = load(system, conversations, at_once=level, seconds=seconds, warm_up=warm_up)
                used = _used(before, system.cpu(), result, seconds / (seconds + warm_up))
                found[system.name][str(level)].append({**_figures(result), "cpu": used})
                done += 1
                tick("load", done, total)
    return {name: {n: _summary(rows) for n, rows in by_level.items()} for name, by_level in found.items()}


def starts(systems: Sequence[System], *, repeats: int, tick: Tick, together: bool = False) -> dict[str, list[float]]:
    """Seconds from start to ready of each system, alternating; after the last repeat all of them serve on.

    `together` starts all of them once, at the same time: quick, and no figure to keep.
    """
    if together:
        with ThreadPoolExecutor() as pool:
            return {s.name: [took] for s, took in zip(systems, pool.map(System.start, systems), strict=True)}
    found: dict[str, list[float]] = {s.name: [] for s in systems}
    for repeat in range(repeats):
        for number, system in enumerate(systems):
            found[system.name].append(system.start())
            if repeat < repeats - 1:
                system.stop()
            tick("starts", repeat * len(systems) + number + 1, repeats * len(systems))
    return found


def long_conversation(system: System, conversation: Conversation) -> list[float]:
    """Milliseconds of each message of one conversation, in their order."""
    return load(system, Supply([conversation]), at_once=1, seconds=0, warm_up=0).latencies


def memory(system: System) -> dict[str, Any]:
    """What all processes of a system hold."""
    held: Memory = system.memory()
    return {"rss": round(held.rss, 1), "pss": round(held.pss, 1), "processes": held.processes}


def compared(ours: dict[str, Any], theirs: dict[str, Any], figure: str) -> dict[str, Any]:
    """The ratio of one figure of two `windows` at one level, repeat by repeat."""
    return ratios(ours[figure]["repeats"], theirs[figure]["repeats"])


def _used_up(name: str, *, whole: bool) -> str:
    if whole:
        return f"{name} answered faster than the load had messages; raise PER_SECOND in {__name__}"
    return "the gold questions with all their openings and endings are used up; run with fewer `--repeats`"


def _figures(result: Result) -> dict[str, float]:
    figures = {name: percentile(result.latencies, share) for name, share in SHARES.items()}
    return {**figures, "throughput": len(result.latencies) / result.seconds, "messages": len(result.latencies)}


def _summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    out: dict[str, Any] = {name: spread([row[name] for row in rows]) for name in (*SHARES, "throughput")}
    out["messages"] = sum(int(row["messages"]) for row in rows)
    names = sorted({name for row in rows for name in row["cpu"]})
    out["cpu"] = {name: round(sum(row["cpu"].get(name, 0.0) for row in rows) / len(rows), 3) for name in names}
    return out


def _used(before: dict[str, float], after: dict[str, float], result: Result, share: float) -> dict[str, float]:
    """Milliseconds of the processors a message; the warm-up's share is taken out by time."""
    messages = len(result.latencies) / share
    used = {name.rpartition(" ")[0]: 0.0 for name in after}
    for name, seconds in after.items():
        used[name.rpartition(" ")[0]] += (seconds - before.get(name, 0.0)) * 1000 / messages
    return {**used, "load": result.cpu * 1000 / messages}
