"""The README's table is that of the committed report, and the report is of the gold questions that stand here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.errors import FaqbotError
from bot.evaluate.gold import data_hash
from bot.evaluate.readme import BEGIN, END, block, read_report, update
from bot.settings import ROOT

REPORT = ROOT / "reports" / "evaluation.json"


def rate(value: float, rows: int) -> dict[str, float]:
    return {"value": value, "low": value - 0.05, "high": value + 0.05, "rows": rows}


def scores(right: float) -> dict[str, Any]:
    return {
        "answerable": {"right": rate(right, 200), "wrong": rate(0.04, 200), "declined": rate(0.01, 200), "clarify": 0},
        "unanswerable": {"declined": rate(0.9, 50), "clarify": 0},
        "given": {"rows": 150, "wrong": 3, "share": 0.02, "upper": 0.05},
        "other_clinic": 0,
    }


@pytest.fixture
def report() -> dict[str, Any]:
    """As small as a report can be."""
    return {
        "about": {"split": "test", "first": "assistant", "systems": ["assistant"]},
        "systems": {"assistant": {"headline": scores(0.95), "seen": scores(0.97)}},
        "off_topic": {"rows": 1000, "share": 0.007},
    }


def test_the_committed_readme_shows_the_committed_report() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"{BEGIN}\n{block(read_report(REPORT))}\n{END}" in text, "run `faqbot evaluate --readme`"


def test_the_committed_report_is_of_the_gold_questions() -> None:
    assert read_report(REPORT)["about"]["gold"]["sha256"] == data_hash(ROOT / "tests" / "gold"), "run `faqbot evaluate`"


def test_the_table_says_the_figures(report: dict[str, Any]) -> None:
    text = block(report)
    assert "| answerable questions answered right | 95.0 % (190 of 200) | 97.0 % (194 of 200) |" in text
    assert "2.0 % (3 of 150); 5.0 %" in text
    assert "| this assistant, through both servers | 95.0 (90.0 to 100.0) | 90.0 (85.0 to 95.0) |" in text
    assert "Everyday requests that got an answer from an entry: 0.7 % (7 of 1000)." in text


def test_update_changes_what_is_between_the_markers_and_that_once(tmp_path: Path, report: dict[str, Any]) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"above\n{BEGIN}\nold\n{END}\nbelow\n", encoding="utf-8")
    assert update(readme, report)
    text = readme.read_text(encoding="utf-8")
    assert text == f"above\n{BEGIN}\n{block(report)}\n{END}\nbelow\n"
    assert not update(readme, report)


def test_missing_markers_and_reports_are_named(tmp_path: Path, report: dict[str, Any]) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"{BEGIN}\n", encoding="utf-8")
    with pytest.raises(FaqbotError, match="lacks the lines"):
        update(readme, report)
    with pytest.raises(FaqbotError, match=r"cannot be read.*run `faqbot evaluate`"):
        read_report(tmp_path / "none.json")
    (tmp_path / "other.json").write_text("[]", encoding="utf-8")
    with pytest.raises(FaqbotError, match="no report"):
        read_report(tmp_path / "other.json")
