"""`faqbot bench --quick` from beginning to end: both systems trained, served and asked, the search at scale."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from bot.bench.run import QUICK
from bot.bench.two import OURS, STOCK
from bot.settings import ROOT

pytestmark = pytest.mark.e2e

TIME_LIMIT = 600  # seconds; on a quiet machine with two cores it takes two minutes


def finished(command: list[Any]) -> tuple[int, str, str]:
    """Exit code and outputs of a command; where it takes too long it is ended with all that it has started."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        out, err = process.communicate(timeout=TIME_LIMIT)
    except subprocess.TimeoutExpired:
        for left in (*psutil.Process(process.pid).children(recursive=True), process):
            left.kill()
        process.wait()
        raise
    return process.returncode, out, err


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reports of a quick run, with its figures in `out.json`."""
    output = tmp_path_factory.mktemp("reports")
    command = [sys.executable, "-m", "bot.cli", "bench", "--quick", "--output", output, "--json", output / "out.json"]
    code, out, err = finished(command)
    assert code == 0, err[-4000:]
    assert "ratio to the stock pipeline" in out
    assert "training both at once" in err  # progress is shown, and apart from the result
    return output


@pytest.fixture(scope="module")
def figures(folder: Path) -> dict[str, Any]:
    """The figures of the run."""
    found: dict[str, Any] = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    return found


def test_the_ratios_are_there(figures: dict[str, Any]) -> None:
    assert set(figures["ratio"]) == {"p50", "throughput", "training", "start", "memory"}
    assert all(isinstance(value, float) and value > 0 for value in figures["ratio"].values())


def test_ratios_are_of_the_figures_in_the_same_file(figures: dict[str, Any]) -> None:
    for name in ("training", "memory"):
        what = {"training": "seconds", "memory": "rss"}[name]
        ours, theirs = (figures[name][system][what] for system in (OURS, STOCK))
        assert figures["ratio"][name] == pytest.approx(ours / theirs, abs=0.001)


def test_both_were_asked_at_every_level(figures: dict[str, Any]) -> None:
    for system in (OURS, STOCK):
        assert set(figures["load"][system]) == {str(level) for level in QUICK.levels}
        for row in figures["load"][system].values():
            assert row["messages"] > 0
            assert 0 < row["p50"]["median"] <= row["p95"]["median"] <= row["p99"]["median"]
            assert row["cpu"]["load"] > 0  # a process of its own


def test_the_parts_of_a_turn_stand_beside_their_floor(figures: dict[str, Any]) -> None:
    parts = figures["parts"]
    assert {"screen", "encode", "NLU", "policies", "action", "search", "send", "turn"} <= set(parts)
    assert parts["turn"]["p50"] > max(parts[name]["p50"] for name in ("NLU", "policies", "action"))
    assert parts["bare forward pass"]["p50"] > 0
    assert len(figures["long"]) == QUICK.long_turns


def test_the_search_was_measured_at_scale(figures: dict[str, Any]) -> None:
    assert [row["clinics"] for row in figures["scale"]["clinics"]] == list(QUICK.clinics)
    assert {row["kind"] for row in figures["scale"]["single"]} == {"exhaustive", "cells", "graph"}
    assert all(row["recall"] > 0.9 for row in figures["scale"]["single"])


def test_report_and_pictures_are_written_and_say_that_the_run_was_quick(folder: Path) -> None:
    text = (folder / "bench.md").read_text(encoding="utf-8")
    assert "**A quick run**" in text
    pictures = sorted(path.name for path in folder.glob("*.png"))
    assert len(pictures) == 4 and all(f"]({name})" in text for name in pictures)
    assert (folder / "bench.json").read_bytes() == (folder / "out.json").read_bytes()


def test_no_server_is_left_behind(folder: Path) -> None:
    left = [p.info["cmdline"] for p in psutil.process_iter(["cmdline"]) if "faqbot-bench-" in str(p.info["cmdline"])]
    assert left == []
