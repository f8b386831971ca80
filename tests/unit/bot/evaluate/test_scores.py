"""What outcomes come to: shares, counts, and the exact limit on the risk."""

from __future__ import annotations

from typing import Any

import pytest

from bot.evaluate.outcomes import Judged, Reply, judge
from bot.evaluate.scores import grouped, risk, summarise

NORTH = (("north", "stop"),)


@pytest.fixture
def judged(make_row: Any) -> list[Judged]:
    """Three answerable (right, wrong, asked back), two unanswerable (declined, answered from another clinic)."""
    nobody = {"unanswerable": True, "must": ()}
    return [
        judge(make_row("1"), Reply("answer", "6", NORTH)),
        judge(make_row("2", style="sms"), Reply("answer", "4", NORTH)),
        judge(make_row("3", style="sms"), Reply("clarify", "Which?")),
        judge(make_row("4", **nobody), Reply("no_answer")),
        judge(make_row("5", **nobody), Reply("answer", "6", (("south", "stop"),))),
    ]


def test_summary_by_hand(judged: list[Judged]) -> None:
    found = summarise(judged, seed=1)
    answerable, unanswerable = found["answerable"], found["unanswerable"]
    assert answerable["rows"] == 3
    assert [answerable[o]["value"] for o in ("right", "wrong", "declined")] == [pytest.approx(1 / 3, abs=1e-4)] * 3
    assert answerable["clarify"] == 1
    assert unanswerable["declined"]["value"] == 0.5
    assert found["other_clinic"] == 1
    assert found["kinds"] == {"answer": 3, "clarify": 1, "no_answer": 1}
    assert (found["given"]["rows"], found["given"]["wrong"]) == (3, 2)


def test_the_limit_on_the_risk_is_exact(make_row: Any) -> None:
    right = [judge(make_row(str(i)), Reply("answer", "6", NORTH)) for i in range(10)]
    assert risk(right)["upper"] == pytest.approx(1 - 0.05 ** (1 / 10), abs=1e-4)
    wrong = [judge(make_row("w"), Reply("answer", "4", NORTH))]
    assert risk(wrong) == {"rows": 1, "wrong": 1, "share": 1.0, "upper": 1.0}
    assert risk([])["upper"] == 1.0


def test_groups(judged: list[Judged]) -> None:
    found = grouped(judged, lambda row: row.style, seed=1)
    assert list(found) == ["plain", "sms"]
    assert found["sms"]["answerable"]["rows"] == 2
    assert found["sms"]["unanswerable"]["declined"] is None
