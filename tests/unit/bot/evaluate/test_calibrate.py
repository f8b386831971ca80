"""The confidence and its threshold from gold rows."""

from __future__ import annotations

from typing import Any

import pytest

from bot.evaluate.calibrate import SEQUENCE, at, calibrate, everyday, examples, mistaken, outcome, rows_hash
from bot.evaluate.outcomes import Reply, judge
from bot.evaluate.run import Bench
from knowledge.thresholds import Thresholds

ENTRY = (("north", "stop"),)


def rows(make_row: Any, count: int, **fields: Any) -> list[Any]:
    return [make_row(f"n-{number}", **fields) for number in range(count)]


@pytest.mark.parametrize(
    ("reply", "unanswerable", "wrong"),
    [
        pytest.param(Reply("answer", "6 hours", ENTRY, ("stop-eating",)), False, False, id="right"),
        pytest.param(Reply("answer", "short sleeves", ENTRY, ("what-to-wear",)), False, True, id="another question"),
        pytest.param(Reply("answer", "hours", ENTRY, ("stop-eating",)), False, False, id="the right one, incomplete"),
        pytest.param(Reply("answer", "hours", ENTRY, ("stop-eating", "price")), False, True, id="one beside it"),
        pytest.param(Reply("answer", "6 hours", ENTRY, ("price",)), False, False, id="the fact in another entry"),
        pytest.param(Reply("answer", "6 hours", ENTRY, ("stop-eating",)), True, True, id="the page does not say"),
        pytest.param(Reply("no_answer"), False, False, id="declined"),
    ],
)
def test_what_counts_as_a_mistake(make_row: Any, reply: Reply, unanswerable: bool, wrong: bool) -> None:
    assert mistaken(judge(make_row(unanswerable=unanswerable), reply)) is wrong


def test_examples_are_labelled_by_the_rows_and_everyday_requests_stand_by_themselves(
    bench: Bench, make_row: Any
) -> None:
    asked = [
        make_row("a", text="stop eating before the treatment"),
        make_row("b", text="short sleeves", questions=(("price",),)),
    ]
    features, right = examples(bench.index, bench.encoder, asked)
    assert right == [True, False]
    assert features[0].nearest > features[1].nearest - 1
    assert len(everyday(bench.index, bench.encoder, ["play some music", "weather tomorrow"])) == 2


def test_an_unanswerable_row_that_the_catalogue_does_not_know_is_understood_wrongly(
    bench: Bench, make_row: Any
) -> None:
    unknown = make_row("u", text="stop eating before the treatment", unanswerable=True, questions=())
    unlabelled = make_row("a", text="stop eating before the treatment", questions=())
    assert examples(bench.index, bench.encoder, [unknown, unlabelled])[1] == [False]


def test_a_lower_threshold_answers_more(bench: Bench, make_row: Any) -> None:
    asked = rows(make_row, 3, text="eating somewhat before some treatment")
    strict, lax = (at(Thresholds.load(), understood) for understood in (0.999, 0.0))
    assert outcome(bench.index, bench.encoder, asked, strict) == (0, 0)
    assert outcome(bench.index, bench.encoder, asked, lax)[0] == 3


def test_a_promise_needs_enough_questions(bench: Bench, make_row: Any) -> None:
    development = [
        *rows(make_row, 4, text="stop eating before treatment"),
        *rows(make_row, 4, text="which outfit", questions=(("price",),)),
    ]
    few = calibrate(bench.index, bench.encoder, development, rows(make_row, 20))
    assert not few.kept
    assert few.thresholds.promise is None
    many = calibrate(bench.index, bench.encoder, development, rows(make_row, 80))
    assert many.kept
    assert many.thresholds.understood == SEQUENCE[-1], "all are right: the lowest threshold keeps the promise"
    promise = many.thresholds.promise
    assert promise is not None
    assert (promise.answered, promise.wrong, promise.data) == (80, 0, rows_hash(rows(make_row, 80)))


def test_the_data_of_a_promise_are_known_by_their_hash(make_row: Any) -> None:
    assert rows_hash([make_row()]) != rows_hash([make_row(text="another")])
