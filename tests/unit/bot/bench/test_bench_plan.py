"""What a run measures: the plan of a full and of a quick one, and what the options change."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import cli
from bot.bench import figures, measuring
from bot.bench import report as reports
from bot.bench import run as running
from bot.bench.run import FULL, QUICK, Plan
from bot.bench.systems import BenchError, System
from bot.bench.two import OURS, STOCK
from bot.commands import bench
from bot.errors import ServingError
from bot.settings import Settings
from tests.unit.bot.bench.conftest import MakeSystem


def plan(**options: Any) -> Plan:
    """The plan that some options come to."""
    none = {"quick": False, "seed": 1, "repeats": None, "questions": None, "phrasings": None, "from_nothing": False}
    return bench.plan(**{**none, **options})


def test_a_full_run_measures_what_is_promised() -> None:
    assert FULL.levels == (1, 8, 32)
    assert FULL.repeats >= 3 and FULL.warm_up > 0 and not FULL.together
    assert FULL.long_turns == 200
    assert max(FULL.clinics) == 1000 and FULL.entries == 300
    assert max(FULL.vectors) == 1_000_000
    assert FULL.sample.epochs == 100  # as in Rasa's default configuration
    assert FULL.echo and FULL.whole and FULL.faults


def test_a_quick_run_has_one_conversation_and_several_too() -> None:
    assert QUICK.levels[0] == 1 and len(QUICK.levels) > 1
    assert QUICK.warm_up > 0


def test_options_change_the_plan_and_nothing_else() -> None:
    assert plan() == FULL
    assert plan(quick=True) == QUICK
    changed = plan(seed=4, repeats=2, questions=50, phrasings=20, from_nothing=True)
    assert (changed.repeats, changed.from_nothing) == (2, True)
    sample = changed.sample
    assert (sample.seed, sample.questions, sample.phrasings, sample.epochs) == (4, 50, 20, 100)
    assert changed.levels == FULL.levels


@pytest.fixture
def built(tmp_path: Path) -> Settings:
    """All that a run needs, as empty files."""
    build = tmp_path / "build"
    for path in (build / "encoder" / "model", build / "safety" / "model", build / "knowledge" / "current"):
        path.parent.mkdir(parents=True)
        path.touch()
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "a.tar.gz").touch()
    return Settings(build_dir=build, models_dir=tmp_path / "models")


def measure(monkeypatch: pytest.MonkeyPatch, report: reports.Report) -> list[Plan]:
    """Have the run come to that report; returns the plans that were run."""
    plans: list[Plan] = []

    def run(settings: Settings, chosen: Plan, **_: Any) -> reports.Report:
        plans.append(chosen)
        return report

    monkeypatch.setattr(bench, "measure", run)
    return plans


def note(text: str) -> None:
    """No progress."""


def test_report_figures_and_pictures_are_written(
    built: Settings, report: reports.Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure(monkeypatch, report)
    output, out = tmp_path / "reports", tmp_path / "elsewhere" / "out.json"
    said = bench.run(built, QUICK, output=output, out=out, note=note)
    assert sorted(p.name for p in output.iterdir()) == [
        "bench.json", "bench.md", "bench_load.png", "bench_long.png", "bench_parts.png", "bench_scale.png",
    ]  # fmt: skip
    assert out.read_bytes() == (output / "bench.json").read_bytes()
    assert "| training | 0.60 | at most 0.5 | not met |" in said
    assert "| p50 | 0.23 | at most 0.35 | met |" in said


def test_the_figures_are_kept_though_a_picture_cannot_be_drawn(
    built: Settings, report: reports.Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure(monkeypatch, report)
    monkeypatch.setattr(figures, "draw", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        bench.run(built, QUICK, output=tmp_path, out=tmp_path / "out.json", note=note)
    assert (tmp_path / "out.json").is_file() and (tmp_path / "bench.json").is_file()


def test_a_run_that_ends_early_keeps_what_it_measured(
    built: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(settings: Settings, chosen: Plan, *, measured: dict[str, Any], **_: Any) -> reports.Report:
        measured["training"] = {"seconds": 789}
        raise BenchError("no reply")

    monkeypatch.setattr(bench, "measure", run)
    with pytest.raises(BenchError, match=r"no reply\n.*bench\.unfinished\.json"):
        bench.run(built, QUICK, output=tmp_path, out=None, note=note)
    assert '"seconds": 789' in (tmp_path / bench.UNFINISHED).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("gone", "said"),
    [("encoder", "no encoder in"), ("safety", "no safety model in"), ("knowledge/current", "no index in")],
)
def test_what_is_missing_is_told_before_anything_is_measured(
    built: Settings, report: reports.Report, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, gone: str, said: str
) -> None:
    plans = measure(monkeypatch, report)
    (built.build_dir / gone).rename(tmp_path / "gone")
    with pytest.raises(BenchError, match=rf"{said}.*run `faqbot build`"):
        bench.run(built, FULL, output=tmp_path, out=None, note=note)
    assert plans == []


def test_a_full_run_needs_the_whole_model_and_a_quick_one_does_not(
    built: Settings, report: reports.Report, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plans = measure(monkeypatch, report)
    (built.models_dir / "a.tar.gz").unlink()
    with pytest.raises(ServingError, match="no model"):
        bench.run(built, FULL, output=tmp_path, out=None, note=note)
    bench.run(built, QUICK, output=tmp_path, out=None, note=note)
    assert plans == [QUICK]


@pytest.fixture
def served(make_system: MakeSystem, measured: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A run without processes; what it does, in order."""
    log: list[str] = []
    systems = make_system(OURS), make_system(STOCK)

    def noted(what: str, result: Any) -> Any:
        def do(*_: Any, **__: Any) -> Any:
            log.append(what)
            return result

        return do

    monkeypatch.setattr(running.two, "prepare", lambda *_: (*systems, {"questions": 6}))
    monkeypatch.setattr(System, "trained", lambda self: (log.append(f"train {self.name}"), (10.0, 12.0))[1])
    monkeypatch.setattr(System, "stop", lambda self: log.append(f"stop {self.name}"))
    starts = {name: measured["start"][name]["repeats"] for name in (OURS, STOCK)}
    monkeypatch.setattr(measuring, "starts", noted("starts", starts))
    monkeypatch.setattr(measuring, "windows", noted("load", measured["load"]))
    monkeypatch.setattr(measuring, "memory", lambda s: (log.append(f"memory {s.name}"), measured["memory"][s.name])[1])
    monkeypatch.setattr(measuring, "long_conversation", noted("long", [1.0, 2.0]))
    monkeypatch.setattr(running.parts, "measure", noted("parts", measured["parts"]))
    monkeypatch.setattr(running, "_scale", noted("scale", measured["scale"]))
    return log


def tick(stage: str, done: int, total: int) -> None:
    """No progress."""


def test_memory_is_read_after_the_load_while_both_serve(served: list[str]) -> None:
    made = running.run(Settings(), QUICK, tick=tick, note=note)
    at = served.index
    assert at("starts") < at("load") < at(f"memory {OURS}") < at(f"memory {STOCK}") < at(f"stop {STOCK}") < at("long")
    assert at("parts") < at(f"stop {OURS}")
    assert set(made["ratio"]) == {"p50", "throughput", "training", "start", "memory"}


def test_both_are_stopped_when_the_load_fails(served: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise BenchError("no reply")

    monkeypatch.setattr(measuring, "windows", fail)
    with pytest.raises(BenchError, match="no reply"):
        running.run(Settings(), QUICK, tick=tick, note=note)
    assert served[-2:] == [f"stop {OURS}", f"stop {STOCK}"]


def test_the_faults_come_last_where_their_tests_are(served: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running.faults, "measure", lambda: served.append("faults") or [])
    monkeypatch.setattr(running.faults, "there", lambda: True)
    made = running.run(Settings(), replace(QUICK, faults=True), tick=tick, note=note)
    assert served[-1] == "faults" and made["faults"] == []
    monkeypatch.setattr(running.faults, "there", lambda: False)
    assert "faults" not in running.run(Settings(), replace(QUICK, faults=True), tick=tick, note=note)


def test_one_is_trained_after_the_other_where_the_figure_counts(served: list[str]) -> None:
    found = running._trained(*running.two.prepare()[:2], FULL, note)  # type: ignore[call-arg]
    assert served == [f"train {OURS}", f"train {STOCK}"]
    assert found[STOCK] == {"seconds": 10.0, "cpu_seconds": 12.0}


def test_a_run_that_is_told_to_end_can_stop_what_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[str] = []

    def run(*_: Any, **__: Any) -> str:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
        finally:
            stopped.append("servers")
        return ""

    monkeypatch.setattr(bench, "run", run)
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)  # where nobody listens the test fails, and does not end
    try:
        with pytest.raises(KeyboardInterrupt):
            cli.bench(quick=True, json=None, output=None, seed=1, repeats=None, questions=None, phrasings=None,
                      from_nothing=False)  # fmt: skip
    finally:
        signal.signal(signal.SIGTERM, before)
    assert stopped == ["servers"]


def test_many_clinics_are_searched_with_the_threads_of_an_action_server(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = {}

    def run(command: list[str], *, env: dict[str, str], **_: Any) -> subprocess.CompletedProcess[str]:
        what, _, out = command[-3:]
        threads[what] = env.get("OMP_NUM_THREADS")
        Path(out).write_text("[]", encoding="utf-8")
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(running.subprocess, "run", run)
    assert running._scale(QUICK, note) == {"clinics": [], "single": []}
    assert threads == {"clinics": "1", "single": None}
