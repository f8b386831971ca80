"""The rows of a batch: what a row may be, and what is said of one that may not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.commands.batch import Question, RowError, error_row, read_row, writable

pytestmark = pytest.mark.usefixtures("small_faq")

ROW = {"clinic": "north", "text": "hi"}


@pytest.mark.parametrize(
    ("row", "checked"),
    [
        ({"clinic": "north", "text": "hi"}, (["hi"], "north", "web")),
        ({"clinic": "south", "turns": ["a", "b"], "channel": "sms"}, (["a", "b"], "south", "sms")),
        ({"clinic": "north", "text": "", "channel": "shell"}, ([""], "north", "shell")),
    ],
)
def test_a_row_is_read(row: dict[str, Any], checked: tuple[list[str], str, str]) -> None:
    assert read_row(json.dumps(row)) == Question(None, *checked)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([], "write one JSON object a line"),
        ("hi", "write one JSON object a line"),
        (None, "write one JSON object a line"),
        ({"clinic": "north"}, "give 'text'"),
        ({"clinic": "north", "text": 7}, "give 'text'"),
        ({"clinic": "north", "turns": []}, "give 'text'"),
        ({"clinic": "north", "turns": "hi"}, "give 'text'"),
        ({"clinic": "north", "turns": ["hi", None]}, "give 'text'"),
        ({"text": "hi"}, "unknown clinic 'None'; known: north, south"),
        ({"text": "hi", "clinic": "west"}, "unknown clinic 'west'; known: north, south"),
        ({"text": "hi", "clinic": "north", "channel": "fax"}, "unknown channel 'fax'; use one of: web, sms, shell"),
        ({"text": "hi", "clinic": "north", "channel": None}, "unknown channel 'None'"),
    ],
)
def test_a_bad_row_is_an_error_that_says_what_to_write(row: Any, message: str) -> None:
    with pytest.raises(RowError) as caught:
        read_row(json.dumps(row))
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("clinic", [[], {}, ["north"]])
def test_a_clinic_that_is_no_string_is_an_unknown_clinic(clinic: Any) -> None:
    with pytest.raises(RowError, match="unknown clinic"):
        read_row(json.dumps({"text": "hi", "clinic": clinic}))


@pytest.mark.parametrize("depth", [500, 100_000])
@pytest.mark.parametrize("bracket", ["[", '{"a":'])
def test_a_line_of_brackets_is_refused(bracket: str, depth: int) -> None:
    with pytest.raises(RowError, match="no JSON object"):
        read_row(bracket * depth)


def test_a_row_that_is_refused_keeps_its_id() -> None:
    with pytest.raises(RowError) as caught:
        read_row(json.dumps({**ROW, "id": 7, "clinic": "west"}))
    assert caught.value.identifier == 7


@pytest.mark.parametrize("name", ["clinic", "channel"])
def test_half_a_character_is_no_part_of_a_message(name: str) -> None:
    with pytest.raises(RowError) as caught:
        read_row(json.dumps({**ROW, name: "\ud800"}))
    row = error_row(None, str(caught.value))
    assert row["text"].startswith(f"unknown {name} '?'")


def test_every_depth_of_an_id_is_written_or_told() -> None:
    told = 0
    for depth in range(1, 1200):
        line = json.dumps(ROW)[:-1] + f', "id": {"[" * depth}{"]" * depth}}}'
        try:
            row = writable({"id": read_row(line).identifier}, 1)
        except RowError as error:
            row = writable(error_row(error.identifier, str(error)), 1)
        told += row.get("kind") == "error"
        json.dumps(row)
    assert 0 < told < 1199


@pytest.mark.parametrize("value", ["1e999", "NaN", "-Infinity"])
def test_an_id_that_json_cannot_hold_makes_an_error_row(value: str) -> None:
    row = writable({"id": read_row(json.dumps(ROW)[:-1] + f', "id": {value}}}').identifier, "kind": "answer"}, 7)
    assert (row["kind"], row["id"]) == ("error", None)
    assert row["text"].startswith("row 7: cannot be written as JSON (")
