"""Queries out of messages: which ranking each thing asked is looked for in."""

from __future__ import annotations

from typing import Any

from bot.evaluate.rankings import in_turn, queries


def test_as_many_parts_as_things_are_taken_in_order(make_row: Any) -> None:
    row = make_row(questions=(("a",), ("b", "c")))
    found = queries([row], [[["a", "x"], ["y", "b"]]])
    assert found.rankings == (["a", "x"], ["y", "b"])
    assert found.relevant == ({"a"}, {"b", "c"})
    assert found.rows == (row, row)


def test_other_numbers_of_parts_are_taken_in_turn(make_row: Any) -> None:
    one = make_row("1", questions=(("a",),))
    two = make_row("2", questions=(("a",), ("b",)))
    found = queries([one, two], [[["x", "a"], ["y"]], [["a", "b"]]])
    assert found.rankings == (["x", "y", "a"], ["a", "b"], ["a", "b"])


def test_things_without_a_label_are_counted_not_ranked(make_row: Any) -> None:
    found = queries([make_row(questions=(("a",), ())), make_row("2", questions=())], [[["a"]], [["a"]]])
    assert (len(found.rankings), found.unlabelled) == (1, 1)


def test_in_turn_keeps_each_once() -> None:
    assert in_turn([["a", "b", "c"], ["b"], []]) == ["a", "b", "c"]
    assert in_turn([]) == []
