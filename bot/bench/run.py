"""One run of the bench: both systems trained, served and asked, and the search at scale."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.bench import faults, measuring, parts, report, stock_project, two, workers, workload
from bot.bench.measuring import Tick
from bot.bench.stats import spread
from bot.bench.systems import BenchError, System
from bot.bench.two import OURS, STOCK, Sample
from bot.bench.workload import Supply
from bot.evaluate import gold
from bot.evaluate.gold import GoldRow
from bot.settings import ROOT, Settings

ECHO = "bare Rasa echo"
GOLD = ROOT / "tests" / "gold"
Note = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    `together` trains and starts both systems at once, and measures the search at scale meanwhile: quick, and no
    figure to keep.
    """

    sample: Sample
    levels: tuple[int, ...] = (1, 8, 32)
    repeats: int = 5
    starts: int = 3
    seconds: float = 12.0
    warm_up: float = 3.0
    long_turns: int = 200
    part_turns: int = 210
    echo: bool = True
    whole: bool = True
    from_nothing: bool = False
    clinics: tuple[int, ...] = (1, 10, 100, 300, 1000)
    entries: int = 300
    vectors: tuple[int, ...] = (3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
    graph_most: int = 100_000  # a graph of a million takes half an hour to build, and it is not what is chosen
    every: int = 1
    sentences: int = 2_000
    faults: bool = True
    together: bool = False


FULL = Plan(Sample(questions=120, phrasings=15, epochs=100, seed=1))
QUICK = Plan(
    Sample(questions=6, phrasings=15, epochs=1, seed=1, small_talk=4, stories=2),
    levels=(1, 4),
    repeats=1,
    starts=1,
    seconds=1.5,
    warm_up=0.5,
    long_turns=15,
    part_turns=15,
    echo=False,
    whole=False,
    clinics=(2, 10),
    entries=50,
    vectors=(2_000, 5_000),
    graph_most=5_000,
    every=25,
    sentences=100,
    faults=False,
    together=True,
)


def run(
    settings: Settings, plan: Plan, *, tick: Tick, note: Note, measured: dict[str, Any] | None = None
) -> report.Report:
    """Measure everything of the plan; returns the report. `measured` is filled as it goes, for who must end early.

    Needs what `faqbot build` makes. Raises BenchError where a system fails or leaves a message without a reply.
    """
    rows = gold.load(GOLD)
    measured = {} if measured is None else measured
    with tempfile.TemporaryDirectory(prefix="faqbot-bench-") as scratch:
        folder = Path(scratch)
        ours, stock, held = two.prepare(settings, folder, plan.sample)
        measured["training"] = _trained(ours, stock, plan, note)
        if plan.from_nothing:
            measured["from_nothing"] = _from_nothing(folder, note)
        with ThreadPoolExecutor(1) as pool:
            beside = pool.submit(_scale, plan, note) if plan.together else None
            _served(settings, folder, (ours, stock), rows, plan, measured, tick=tick, note=note)
            measured["scale"] = beside.result() if beside else _scale(plan, note)
        if plan.faults and faults.there():
            note("the faults, each for real")
            measured["faults"] = faults.measure()
    return report.make(measured, options=_plain(plan), held=held)


def _trained(ours: System, stock: System, plan: Plan, note: Note) -> dict[str, Any]:
    """Seconds of the clock and of the processors that each system takes to train."""
    note("training both" + (" at once" if plan.together else ", one after the other; the stock pipeline takes long"))
    if plan.together:
        with ThreadPoolExecutor() as pool:
            took = list(pool.map(System.trained, (ours, stock)))
    else:
        took = [system.trained() for system in (ours, stock)]
    found = {}
    for system, (clock, cpu) in zip((ours, stock), took, strict=True):
        note(f"{system.name} trained in {clock:.0f} s")
        found[system.name] = {"seconds": round(clock, 2), "cpu_seconds": round(cpu, 2)}
    return found


def _from_nothing(folder: Path, note: Note) -> float:
    """Seconds of `faqbot build` in an empty folder: encoder and safety screen too, which know no content."""
    note("building this assistant from nothing, encoder and safety screen too")
    shutil.copytree(folder / "ours" / "knowledge", folder / "nothing" / "knowledge")
    took, _ = two.ours(folder / "nothing").trained()
    return round(took, 2)


def _served(
    settings: Settings,
    folder: Path,
    systems: tuple[System, System],
    rows: tuple[GoldRow, ...],
    plan: Plan,
    out: dict[str, Any],
    *,
    tick: Tick,
    note: Note,
) -> None:
    """All that is measured of the two while they serve, into `out`."""
    ours, stock = systems
    talks = workload.Supply(workload.conversations(rows, seed=plan.sample.seed))
    try:
        note("starting both")
        starts = measuring.starts(systems, repeats=plan.starts, tick=tick, together=plan.together)
        out["start"] = {name: spread(found) for name, found in starts.items()}
        note("load on one, then on the other")
        out["load"] = measuring.windows(
            systems, talks, levels=plan.levels, repeats=plan.repeats, seconds=plan.seconds, warm_up=plan.warm_up,
            tick=tick,
        )  # fmt: skip
        out["memory"] = {system.name: measuring.memory(system) for system in systems}
        stock.stop()
        note("a long conversation, and the parts of a turn")
        long = workload.long_conversation(rows, turns=plan.long_turns, seed=plan.sample.seed)
        out["long"] = [round(ms, 2) for ms in measuring.long_conversation(ours, long)]
        out["parts"] = parts.measure(ours, talks, turns=plan.part_turns)
        ours.stop()
        if plan.echo:
            note("the floor: Rasa that only echoes")
            out["echo"] = _echo(folder, talks, plan, tick=tick)
        if plan.whole:
            note("this assistant with its whole content")
            out["whole"] = _whole(settings, folder, talks, plan, tick=tick)
            if workers.services(settings):
                note("one worker beside two")
                out["workers"] = workers.measure(
                    settings, folder, talks, at_once=max(plan.levels), repeats=plan.repeats, seconds=plan.seconds,
                    warm_up=plan.warm_up, tick=tick,
                )  # fmt: skip
    finally:
        for system in systems:
            system.stop()


def _echo(folder: Path, talks: Supply, plan: Plan, *, tick: Tick) -> dict[str, Any]:
    stock_project.write_echo(folder / "echo")
    echo = two.stock(folder / "echo", ECHO)
    try:
        echo.trained()
        start = echo.start()
        load = measuring.windows(
            [echo], talks, levels=(1,), repeats=plan.repeats, seconds=plan.seconds / 2, warm_up=1, tick=tick
        )
        return {"start": round(start, 2), "memory": measuring.memory(echo), "load": load[ECHO]}
    finally:
        echo.stop()


def _whole(settings: Settings, folder: Path, talks: Supply, plan: Plan, *, tick: Tick) -> dict[str, Any]:
    """This assistant as it ships: the built index and model of the settings, not the sample."""
    whole = two.ours(folder / "whole")
    folders = ("knowledge_dir", "build_dir", "models_dir")
    whole.env = {**whole.env, **{f"FAQBOT_{name.upper()}": str(getattr(settings, name)) for name in folders}}
    (folder / "whole").mkdir()
    try:
        start = whole.start()
        load = measuring.windows(
            [whole], talks, levels=plan.levels, repeats=plan.repeats, seconds=plan.seconds, warm_up=plan.warm_up,
            tick=tick,
        )  # fmt: skip
        return {"start": round(start, 2), "memory": measuring.memory(whole), "load": load[OURS]}
    finally:
        whole.stop()


def _scale(plan: Plan, note: Note) -> dict[str, Any]:
    """The search with many clinics, and a single index of many vectors, each measured in a process of its own."""
    seed = plan.sample.seed
    jobs = {
        "clinics": {
            "sizes": plan.clinics,
            "entries": plan.entries,
            "seed": seed,
            "every": plan.every,
            "sentences": plan.sentences,
        },
        "single": {"sizes": plan.vectors, "graph_most": plan.graph_most, "seed": seed},
    }
    # Many clinics are searched with the threads that an action server has (bot/servers.py). The single index is built
    # with all, and searched with one.
    threads: dict[str, dict[str, str]] = {"clinics": {"OMP_NUM_THREADS": "1"}, "single": {}}
    out = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name, spec in jobs.items():
            note(f"the search at scale: {name}")
            asked, answer = Path(scratch) / f"{name}.json", Path(scratch) / f"{name}.out.json"
            asked.write_text(json.dumps(spec), encoding="utf-8")
            command = [sys.executable, "-m", "bot.bench.scale", name, str(asked), str(answer)]
            env = {**os.environ, **threads[name]}
            done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
            if done.returncode:
                raise BenchError(f"the search at scale ({name}) failed:\n{done.stderr[-2000:]}")
            out[name] = json.loads(answer.read_text(encoding="utf-8"))
    return out


def _plain(plan: Plan) -> dict[str, Any]:
    return json.loads(json.dumps(asdict(plan)))  # type: ignore[no-any-return]


__all__ = ["ECHO", "FULL", "OURS", "QUICK", "STOCK", "Plan", "run"]
