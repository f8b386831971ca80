"""The figures of the safety screen: what counts as found and as a false alarm, and Wilson's interval."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.errors import FaqbotError
from bot.evaluate.safety import SafetyRow, among_examples, markdown, read_rows, score, wilson
from bot.safety.examples import Example
from bot.safety.screen import Verdict

ROWS = [
    SafetyRow("1", "crisis", "en", "plain", "found", "test"),
    SafetyRow("2", "crisis", "en", "indirect", "doubt", "test"),
    SafetyRow("3", "emergency", "es", "plain", "missed", "test"),
    SafetyRow("4", "none", "en", "idiom", "found", "test"),
    SafetyRow("5", "medical_advice", "en", "dose", "advice", "test"),
]
VERDICTS = {
    "found": Verdict("crisis"),
    "doubt": Verdict("crisis", sure=False),
    "missed": Verdict(),
    "advice": Verdict(advice=True),
}


def test_recall_and_false_alarms_are_counted_by_kind() -> None:
    scored = score(ROWS, VERDICTS.__getitem__)
    crisis = scored["kinds"]["crisis"]
    assert (crisis["messages"], crisis["help_first"]["hits"], crisis["help"]["hits"]) == (2, 1, 2)
    assert scored["all dangers"]["help"]["hits"] == 2
    assert scored["plain crises"]["help_first"]["share"] == 1.0
    assert scored["sound-alikes"]["help_first"]["hits"] == 1
    assert scored["kinds"]["medical_advice"]["told"]["hits"] == 1
    assert scored["by language"]["es"]["help"]["hits"] == 0


def test_rows_that_stand_among_the_examples_are_counted_whatever_their_signs() -> None:
    examples = [Example("crisis", "en", "FOUND...", "crisis.en"), Example("none", "en", "found it", "none.en")]
    assert among_examples(ROWS, examples) == 2


def test_wilsons_interval_is_that_of_the_books() -> None:
    assert [round(x, 4) for x in wilson(10, 20)] == [0.2993, 0.7007]
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(20, 20)[1] == 1.0


def test_the_page_names_every_kind() -> None:
    figures = {"splits": {"test": score(ROWS, VERDICTS.__getitem__)}, "learned from": {"test": 3}}
    page = markdown({**figures, "median_ms": 2.0, "rules_ms": 0.5})
    assert "among the examples: 3." in page
    for kind in ("crisis", "emergency", "none", "medical_advice"):
        assert f"| {kind} |" in page


@pytest.mark.parametrize("line", ["no json", '{"id": "1"}', json.dumps({**ROWS[0].__dict__, "kind": "worry"})])
def test_a_faulty_row_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "messages.jsonl"
    path.write_text(json.dumps(ROWS[0].__dict__) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(FaqbotError, match=r"messages.jsonl:2: "):
        read_rows(path)
