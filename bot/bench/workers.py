"""One Rasa worker beside two, on what workers share (Redis, a tracker database): what a second one brings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.bench import measuring, two
from bot.bench.measuring import Tick
from bot.bench.stats import ratios
from bot.bench.systems import System
from bot.bench.workload import Supply
from bot.settings import Settings

ONE, TWO = "one worker", "two workers"
AIM = 1.6


def services(settings: Settings) -> dict[str, str]:
    """The settings of what workers share, or nothing where they are not set: then nothing is measured."""
    shared = {"FAQBOT_REDIS_URL": settings.redis_url, "FAQBOT_TRACKER_URL": settings.tracker_url}
    return shared if all(shared.values()) else {}


def measure(
    settings: Settings,
    folder: Path,
    conversations: Supply,
    *,
    at_once: int,
    repeats: int,
    seconds: float,
    warm_up: float,
    tick: Tick,
) -> dict[str, Any]:
    """The load of `measuring.windows` on each, in turns, and the ratio of their throughput.

    `busy` is the share of this machine's processors that was used, the load itself included: a second worker cannot
    bring more than is left. Needs `services`; raises BenchError where a server does not start or reply.
    """
    both = [_system(settings, folder / name.replace(" ", "-"), name, workers) for name, workers in ((ONE, 1), (TWO, 2))]
    try:
        for system in both:
            system.start()
        load = measuring.windows(
            both, conversations, levels=(at_once,), repeats=repeats, seconds=seconds, warm_up=warm_up, tick=tick
        )
    finally:
        for system in both:
            system.stop()
    found = {name: levels[str(at_once)] for name, levels in load.items()}
    return {
        "at_once": at_once,
        "load": found,
        "busy": {name: round(_busy(row), 3) for name, row in found.items()},
        "ratio": ratios(found[TWO]["throughput"]["repeats"], found[ONE]["throughput"]["repeats"]),
    }


def _system(settings: Settings, folder: Path, name: str, workers: int) -> System:
    """This assistant as it ships, with so many Rasa workers and action servers."""
    folder.mkdir(parents=True)
    system = two.ours(folder)
    folders = ("knowledge_dir", "build_dir", "models_dir")
    system.name = name
    system.env = {
        **system.env,
        **services(settings),
        **{f"FAQBOT_{part.upper()}": str(getattr(settings, part)) for part in folders},
        "FAQBOT_WORKERS": str(workers),
        "FAQBOT_ACTION_SERVERS": str(workers),
    }
    return system


def _busy(row: Mapping[str, Any]) -> float:
    milliseconds = sum(row["cpu"].values()) * row["throughput"]["median"]
    return float(milliseconds / 1000 / (os.cpu_count() or 1))


def section(found: Mapping[str, Any]) -> str:
    """The section of the report."""
    from bot.bench.sections import spread
    from bot.evaluate.layout import table

    rows = [
        (
            name,
            spread(found["load"][name]["throughput"]),
            ", ".join(f"{process} {ms:.1f}" for process, ms in found["load"][name]["cpu"].items() if ms >= 0.05),
            f"{100 * found['busy'][name]:.0f} %",
        )
        for name in (ONE, TWO)
    ]
    ratio, left = found["ratio"]["median"], 1 / max(found["busy"][ONE], 1e-9)
    verdict = "met" if ratio >= AIM else "**not met**"
    why = ""
    if ratio < AIM:
        why = (
            f" The load runs on the same processors: with one worker they are busy for {100 * found['busy'][ONE]:.0f} %"
            f" of the time, so that a second one could bring {left:.2f} times as much at most."
        )
    head = ("servers", "messages a second", "ms of the processors a message", "processors busy")
    return (
        f"## Two workers\n\n{table(head, rows)}\n\n{found['at_once']} conversations at once, the whole content, locks "
        "in Redis and conversations in a database, as many action servers as workers; the windows alternate. Aim: at "
        f"least {AIM} times the throughput of one where the load comes from outside the processors' budget: "
        f"{ratio:.2f} ({found['ratio']['min']:.2f} to {found['ratio']['max']:.2f}), {verdict}.{why}"
    )
