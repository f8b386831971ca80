"""The systems judged in process, on the small FAQ."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.evaluate.run import Bench
from bot.evaluate.systems import alone, answer_ceiling, look_up, passage, without_threshold
from knowledge.search import Search
from knowledge.thresholds import Thresholds
from knowledge.understood import Understood


def test_the_search_alone_gives_this_clinics_entry(bench: Bench, make_row: Any) -> None:
    reply = alone(bench.search, make_row(clinic="south"))
    assert (reply.kind, reply.entries, reply.questions) == ("answer", (("south", "stop"),), ("stop-eating",))
    assert "4 hours" in reply.text
    assert reply.score == 1.0  # a phrasing word for word


def test_the_search_alone_declines_by_name_and_where_nothing_is_understood(bench: Bench, make_row: Any) -> None:
    named = alone(bench.search, make_row(clinic="south", text="what does it cost"))
    assert (named.kind, named.entries, named.questions) == ("no_answer", (), ("price",))
    unknown = alone(bench.search, make_row(text="xylophone zither"))
    assert (unknown.kind, unknown.questions) == ("no_answer", ())


def test_without_the_threshold_only_what_was_not_understood_changes(bench: Bench, make_row: Any) -> None:
    row, unclear = make_row(), make_row(text="eating zither xylophone trumpet")
    strict = Search(
        bench.index, bench.encoder, thresholds=replace(Thresholds.load(), understood=0.999, plausible=0.999)
    )
    assert without_threshold(strict, bench.eager, row) == alone(strict, row)
    assert alone(strict, unclear).entries == ()
    reply = without_threshold(strict, bench.eager, unclear)
    assert reply.entries and reply.score < 0.999


def test_a_doubt_between_rivals_is_asked_back(bench: Bench, make_row: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found = bench.search.understand("when do i stop eating", "north")
    doubtful = [_with_rivals(found[0], bench)]
    monkeypatch.setattr(bench.search, "understand", lambda text, clinic: doubtful)
    reply = alone(bench.search, make_row())
    assert (reply.kind, reply.entries) == ("clarify", ())


def test_a_look_up_gives_the_clinics_answer_or_none(bench: Bench) -> None:
    clinics = bench.index.clinics
    assert look_up(clinics["north"], "price", 0.4).text == "One infusion costs $400."
    assert look_up(clinics["south"], "price", 0.4).entries == ()
    assert look_up(clinics["south"], None).kind == "no_answer"


def test_passages_are_given_as_many_as_asked_for(make_row: Any) -> None:
    assert passage(make_row(), ["one", "two", "three"]).text == "one"
    assert passage(make_row(), ["one", "two", "three"], depth=2).text == "one\ntwo"
    assert passage(make_row(), ["one"]).entries == (("north", "passage"),)
    assert passage(make_row(), []).entries == ()


def test_the_ceiling_answers_every_labelled_question(bench: Bench, make_row: Any) -> None:
    row = make_row(questions=(("stop-eating",), ("price",)))
    north = answer_ceiling(row, bench.index.clinics["north"])
    assert north.entries == (("north", "stop"), ("north", "price"))
    assert "6 hours" in north.text and "$400" in north.text
    assert answer_ceiling(make_row(questions=(("price",),)), bench.index.clinics["south"]).kind == "no_answer"


def _with_rivals(understood: Understood, bench: Bench) -> Understood:
    return replace(understood, known=False, rivals=bench.index.questions[:2])
