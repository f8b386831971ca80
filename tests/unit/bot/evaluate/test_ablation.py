"""The search without its parts, and what that costs."""

from __future__ import annotations

from typing import Any

import pytest

from bot.evaluate.ablation import NoSpelling, difference, variants, without_questions
from bot.evaluate.outcomes import Judged, Reply, judge
from bot.evaluate.run import Bench
from knowledge.search import Search

RIGHT = Reply("answer", "6", (("north", "stop"),))
NONE = Reply("no_answer")


def test_every_part_is_switched_off_once(bench: Bench, make_row: Any) -> None:
    names = [v.without for v in variants(bench.index, bench.encoder)]
    assert len(names) == len(set(names))
    assert {"the classifier", "the lexical ranking", "spelling correction", "the threshold"} <= set(names)
    assert "off-topic questions" in names


def test_a_part_switched_off_changes_the_scores_and_not_the_index(bench: Bench) -> None:
    whole = bench.search.understand("eating before treatment", "north")[0]
    without = {v.without: v.search for v in variants(bench.index, bench.encoder)}
    lexical = without["the lexical ranking"].understand("eating before treatment", "north")[0]
    assert lexical.candidates[0].score != whole.candidates[0].score
    assert bench.search.understand("eating before treatment", "north")[0] == whole


def test_without_the_threshold_everything_is_understood(bench: Bench) -> None:
    without = {v.without: v.search for v in variants(bench.index, bench.encoder)}
    assert not bench.search.understand("xylophone zither", "north")[0].known
    assert without["the threshold"].understand("xylophone zither", "north")[0].known


def test_an_index_without_a_question_finds_the_others_as_before(bench: Bench) -> None:
    less = without_questions(bench.index, lambda q: q.id == "price")
    assert [q.id for q in less.questions] == [q.id for q in bench.index.questions if q.id != "price"]
    assert less.phrasings.ntotal == len(less.owners) == (bench.index.owners != bench.index.number_of["price"]).sum()


def test_the_search_over_fewer_questions_works(bench: Bench) -> None:
    less = without_questions(bench.index, lambda q: q.id == "what-to-wear")
    clinic = less.clinics["south"]  # answers what is left
    found = Search(less, bench.encoder).understand("when do i stop eating", clinic.id)[0]
    assert found.question.id == "stop-eating" and found.answer is not None


def test_no_spelling_keeps_the_shorthand(bench: Bench) -> None:
    assert bench.index.speller.correct("infusoin pls") == "infusion please"
    assert NoSpelling().correct("infusoin pls") == "infusoin please"


def test_differences_by_hand(make_row: Any) -> None:
    rows = [make_row(str(i)) for i in range(4)]
    open_rows = [make_row(f"u{i}", unanswerable=True, must=()) for i in range(2)]
    whole = [judge(r, RIGHT) for r in rows] + [judge(r, NONE) for r in open_rows]
    part = [judge(r, RIGHT if r.id < "3" else NONE) for r in rows] + [judge(r, RIGHT) for r in open_rows]
    found = difference(whole, part, seed=1)
    assert found["right"]["value"] == 0.25  # 4 of 4 against 3 of 4
    assert found["right"]["low"] == 0.0
    assert found["declined"] == {"value": 1.0, "low": 1.0, "high": 1.0, "rows": 2}
    assert difference(part, whole, seed=1)["right"]["value"] == -0.25


def test_systems_over_other_rows_cannot_be_paired(make_row: Any) -> None:
    judged: list[Judged] = [judge(make_row("1"), RIGHT)]
    with pytest.raises(ValueError, match="zip"):
        difference(judged, [], seed=1)
