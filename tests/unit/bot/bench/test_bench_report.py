"""The ratios, the aims, and the file of the figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.bench import report as reports
from bot.bench.two import OURS, STOCK


def test_a_ratio_is_this_assistant_over_the_stock_pipeline(report: reports.Report) -> None:
    assert report["ratio"] == {
        "p50": pytest.approx((10 / 40 + 12 / 60) / 2),
        "throughput": 5.0,
        "training": 0.6,
        "start": pytest.approx((9 / 20 + 12 / 20) / 2),
        "memory": 0.5,
    }
    assert report["ratio_spread"]["p50"]["repeats"] == [0.25, 0.2]


def test_latency_is_read_at_one_conversation_and_throughput_at_the_most(
    measured: dict[str, Any], options: dict[str, Any]
) -> None:
    ours = measured["load"][OURS]
    ours["8"] = {**ours["1"], "p50": {"repeats": [1000.0, 1000.0]}, "throughput": {"repeats": [1.0, 1.0]}}
    measured["load"][STOCK]["8"] = measured["load"][STOCK]["1"]
    made = reports.make(measured, options=options, held={})
    assert made["ratio"]["p50"] == pytest.approx(0.225)
    assert made["ratio"]["throughput"] == 5.0


def test_memory_is_compared_by_what_is_resident(measured: dict[str, Any], options: dict[str, Any]) -> None:
    measured["memory"][OURS]["pss"] = 1.0
    assert reports.make(measured, options=options, held={})["ratio"]["memory"] == 0.5


def test_aims_are_bounds_from_above_or_below(report: reports.Report) -> None:
    assert reports.met(report) == {"p50": True, "throughput": True, "training": False, "start": False, "memory": True}
    for name, (bound, value) in reports.TARGETS.items():
        better, worse = (0.99, 1.01) if bound == "at most" else (1.01, 0.99)
        assert reports.met({"ratio": {name: value}})[name]
        assert reports.met({"ratio": {name: value * better}})[name]
        assert not reports.met({"ratio": {name: value * worse}})[name]


def test_every_ratio_has_an_aim_and_every_aim_a_ratio(report: reports.Report) -> None:
    assert set(report["ratio"]) == set(report["ratio_spread"]) == set(reports.TARGETS) == set(report["targets"])


def test_the_report_says_on_what_machine_and_with_what(report: reports.Report) -> None:
    about = report["about"]
    assert set(about["versions"]) == {"python", *reports.PACKAGES}
    assert about["machine"]["cores"] >= 1 and about["machine"]["memory_gb"] > 0 and about["machine"]["processor"]
    assert about["options"]["sample"]["seed"] == 7


def test_the_file_is_the_report(report: reports.Report, tmp_path: Path) -> None:
    path = tmp_path / "new" / "bench.json"
    reports.write(report, path)
    assert json.loads(path.read_text(encoding="utf-8")) == report
