"""The report as people read it, and its pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.bench import figures, markdown, sections
from bot.bench import report as reports
from bot.bench.stats import spread
from bot.bench.two import OURS, STOCK

PICTURES = {name: f"{name}.png" for name in ("bench_load", "bench_long", "bench_parts", "bench_scale")}


@pytest.fixture
def full(report: reports.Report) -> reports.Report:
    """With what a quick run leaves out."""
    load = {"1": report["load"][OURS]["1"]}
    echo = {"start": 8.0, "memory": report["memory"][OURS], "load": {"1": {**load["1"], "p50": spread([5.04])}}}
    whole = {"start": 11.0, "memory": {**report["memory"][OURS], "rss": 777.0}, "load": load}
    return {**report, "echo": echo, "whole": whole, "from_nothing": 480.0}


def text(report: reports.Report) -> str:
    """The report's text."""
    return markdown.render(report, PICTURES)


def test_ratios_come_first_with_their_range_and_aim(report: reports.Report) -> None:
    said = text(report)
    assert "| median latency, one conversation | 0.23 | 0.20 to 0.25 | at most 0.35 | yes |" in said
    assert "| training | 0.60 | 0.60 to 0.60 | at most 0.5 | **no** |" in said
    assert "| messages a second, most conversations at once | 5.00 | 5.00 to 5.00 | at least 3.0 | yes |" in said
    assert said.index("at least 3.0") < said.index("## Latency and throughput")


def test_every_percentile_at_every_level_stands_there_for_both(report: reports.Report) -> None:
    said = text(report)
    assert (
        f"| {OURS} | 1 | 11.0 (10.0 to 12.0) | 22.0 (20.0 to 24.0) | 33.0 (30.0 to 36.0) | 85.0 (80.0 to 90.0) |"
        in said
    )
    assert f"| {STOCK} | 32 | 1250 (1200 to 1300) | 2500 (2400 to 2600) | 3750 (3600 to 3900) | 21.0 (20.0" in said
    rows = [line for line in said.splitlines() if line.startswith((f"| {OURS} | ", f"| {STOCK} | "))]
    assert [row.split(" | ")[1] for row in rows[:4]] == ["1", "32", "1", "32"]


def test_where_the_processors_time_goes_leaves_out_what_is_idle(report: reports.Report) -> None:
    assert f"{OURS}: server 4.0, load 1.5; {STOCK}: server 4.0, load 1.5." in text(report)


def test_a_long_conversation_is_judged_by_its_second_and_its_last_tenth(report: reports.Report) -> None:
    assert "the second tenth of it takes 10.0 ms at the median, the last tenth 12.0 ms" in text(report)


def test_parts_stand_beside_their_floors(report: reports.Report, full: reports.Report) -> None:
    assert "| screen | 0.25 | 0.75 |" in text(report)
    assert "| bare forward pass | 2.25 | 2.75 |" in text(report)
    assert "(HTTP too) not in a quick run" in text(report)
    assert "(HTTP too) 5.0 ms" in text(full)


def test_a_quick_run_says_that_its_figures_mean_nothing(report: reports.Report) -> None:
    assert "A quick run" not in text(report)
    report["about"]["options"]["together"] = True
    assert "**A quick run**: the code was exercised, the figures mean nothing." in text(report)


def test_the_whole_content_the_echo_and_a_build_from_nothing_are_told(full: reports.Report) -> None:
    said = text(full)
    assert f"| {sections.WHOLE} | 1 | " in said
    assert f"| {sections.WHOLE} |  | 11.0 | 777 | 500 |" in said
    assert "| bare Rasa echo | 1 | 5.0 |" in said
    assert "From nothing, with both, it takes 480 s." in said


def test_memory_is_told_by_process(report: reports.Report) -> None:
    assert f"{OURS}: bot.cli 90, bot.rasa_server 410" in sections.costs(report)


@pytest.mark.parametrize(("ms", "verdict"), [(2.0, "met (2.00 ms)"), (2.01, "**not met** (2.01 ms)")])
def test_the_search_of_the_most_clinics_is_held_to_its_aim(report: reports.Report, ms: float, verdict: str) -> None:
    few, many = report["scale"]["clinics"]
    few["text"] = {"p50": 9.0, "p95": 9.0, "p99": 9.0, "p99_range": [8.0, 9.0]}  # fewer clinics do not count
    many["text"] = {"p50": 1.0, "p95": 1.0, "p99": ms, "p99_range": [0.5, ms]}
    said = sections.clinics(report, PICTURES)
    assert f"A search: {verdict}; a whole message" in said and f"| {ms:.2f} (0.50 to {ms:.2f}) |" in said


@pytest.mark.parametrize(
    ("p99", "recall", "verdicts"),
    [
        (10.0, 0.98, ("met (10.00 ms)", "met (0.980)")),
        (10.1, 0.98, ("**not met** (10.10 ms)", "met (0.980)")),
        (1.0, 0.979, ("met (1.00 ms)", "**not met** (0.979)")),
    ],
)
def test_the_largest_chosen_index_is_held_to_its_aims(
    report: reports.Report, p99: float, recall: float, verdicts: tuple[str, str]
) -> None:
    chosen = {**report["scale"]["single"][0], "vectors": 9_000, "kind": "cells", "p99": p99, "recall": recall}
    other = {**chosen, "kind": "graph", "chosen": False, "p99": 99.0, "recall": 0.1}
    report["scale"]["single"] += [chosen, other]
    said = sections.single(report)
    assert f"at most 10 ms at p99: {verdicts[0]}; a recall of at least 0.98: {verdicts[1]}." in said
    assert "| 9,000 | cells (inverted file), 4 bit codes and 16 bit (chosen) |" in said


def test_every_picture_is_drawn_and_shown(full: reports.Report, tmp_path: Path) -> None:
    drawn = figures.draw(full, tmp_path / "new")
    assert {path.stem for path in drawn} == set(PICTURES)
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)
    assert all(f"]({name})" in text(full) for name in PICTURES.values())


def test_pictures_of_the_same_report_are_the_same_bytes(report: reports.Report, tmp_path: Path) -> None:
    first, again = (figures.draw(report, tmp_path / name) for name in ("a", "b"))
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in again]
    report["long"] = [2 * ms for ms in report["long"]]
    other = figures.draw(report, tmp_path / "c")
    assert other[1].read_bytes() != first[1].read_bytes()


def test_lines_of_a_picture_are_the_medians_at_each_level(report: reports.Report) -> None:
    figure: Any = figures.Figure()
    figures.load(figure, report)
    latency, throughput = figure.axes
    lines = {line.get_label(): list(line.get_ydata()) for axes in (latency, throughput) for line in axes.lines}
    assert lines[f"{OURS}, p50"] == [11.0, 310.0]
    assert lines[f"{STOCK}, p99"] == [150.0, 3750.0]
    assert lines[STOCK] == [22.0, 21.0]
    assert list(latency.lines[0].get_xdata()) == [1, 32]
