"""The safety case: each hazard has a control, and tests that exist; entries on stopping a medicine are never alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CASE = (ROOT / "docs" / "safety-case.md").read_text(encoding="utf-8")
ROWS = [line for line in CASE.splitlines() if re.match(r"\| \d+ \|", line)]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`", CASE)))
SEVERITIES = {"minor", "significant", "major", "catastrophic"}


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_each_named_test_exists(file: str, test: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert not test or f"def {test}(" in text


def test_each_hazard_has_a_control_a_test_and_a_severity() -> None:
    assert len(ROWS) >= 25
    for row in ROWS:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) == 8, row
        assert cells[2] and "tests/" in cells[3] and cells[4] in SEVERITIES, row


def test_it_says_that_nobody_has_reviewed_it() -> None:
    assert "No clinician has reviewed this page" in CASE


def test_no_entry_about_stopping_a_medicine_stands_without_the_prescriber() -> None:
    medicine = "medic|benzodiazepine|klonopin|xanax|valium|lamotrigine|lamictal|maoi|antidepressant|opioid|pill"
    stop = re.compile(rf"\b(stop|discontinue|hold|skip|taper|wean)\w*\b[^.]*\b({medicine})", re.I)
    found = 0
    for path in sorted((ROOT / "knowledge" / "clinics").glob("*/medications.md")):
        for entry in re.split(r"\n(?=## )", path.read_text(encoding="utf-8"))[1:]:
            body = entry.split("\n\n", 1)[-1]
            sms = next((line for line in entry.splitlines() if line.startswith("- sms:")), "")
            for words in (body, sms):
                if stop.search(words):
                    found += 1
                    assert "prescriber" in words, f"{path}: {entry.splitlines()[0]}: {words}"
    assert found >= 5
