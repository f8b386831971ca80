"""The gold files: what is read, their hash, their splits, and faults named by file and line."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from bot.errors import FaqbotError
from bot.evaluate.gold import data_hash, load, of_split

ROW = {
    "id": "n-1",
    "clinic": "north",
    "style": "plain",
    "text": "When?",
    "fact": "6 hours",
    "must": ["\\b6\\b", "hours"],
    "split": "test",
    "questions": [["stop-eating", "fasting"]],
}
OPEN = {
    "id": "n-2",
    "clinic": "north",
    "style": "sms",
    "text": "parking?",
    "unanswerable": True,
    "asks": "parking",
    "split": "development",
    "questions": [["parking"]],
}


def write(folder: Path, *rows: object, name: str = "north") -> None:
    folder.joinpath(f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")


def test_rows_are_read_with_both_kinds(tmp_path: Path) -> None:
    write(tmp_path, ROW, OPEN)
    answerable, unanswerable = load(tmp_path)
    assert answerable.facts == ("6 hours",)
    assert answerable.questions == (("stop-eating", "fasting"),)
    assert unanswerable.unanswerable and unanswerable.facts == ("parking",) and unanswerable.must == ()


def test_two_facts_are_kept_apart(tmp_path: Path) -> None:
    two = {k: v for k, v in ROW.items() if k != "fact"} | {"facts": ["a", "b"]}
    write(tmp_path, two)
    assert load(tmp_path)[0].facts == ("a", "b")


def test_a_text_holds_the_fact_when_every_pattern_matches(tmp_path: Path) -> None:
    write(tmp_path, ROW, OPEN)
    answerable, unanswerable = load(tmp_path)
    assert answerable.holds("Stop 6 HOURS before.")
    assert not answerable.holds("Stop 16 hours before.")
    assert not answerable.holds("Stop at 6.")
    assert not unanswerable.holds("Anything.")


def test_the_hash_is_over_the_bytes_in_name_order(tmp_path: Path) -> None:
    write(tmp_path, OPEN, name="b")
    write(tmp_path, ROW, name="a")
    whole = (tmp_path / "a.jsonl").read_bytes() + (tmp_path / "b.jsonl").read_bytes()
    assert data_hash(tmp_path) == hashlib.sha256(whole).hexdigest()


def test_rows_of_a_split(tmp_path: Path) -> None:
    write(tmp_path, ROW, OPEN)
    rows = load(tmp_path)
    assert [r.id for r in of_split(rows, "test")] == ["n-1"]
    assert [r.id for r in of_split(rows, "development", "test")] == ["n-1", "n-2"]
    with pytest.raises(FaqbotError, match="no split 'tset'; use one of: development"):
        of_split(rows, "tset")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({**ROW, "split": "exam"}, r"north.jsonl:1: no split 'exam'"),
        ({**ROW, "must": ["(6"]}, r"north.jsonl:1: the pattern '\(6' is broken"),
        ({**ROW, "must": []}, r"north.jsonl:1: 'must' is empty"),
        ({k: v for k, v in ROW.items() if k != "text"}, r"north.jsonl:1: no usable field 'text'"),
        ([1], r"north.jsonl:1: no usable field"),
    ],
)
def test_a_faulty_row_is_named_with_its_line(tmp_path: Path, row: object, message: str) -> None:
    write(tmp_path, row)
    with pytest.raises(FaqbotError, match=message):
        load(tmp_path)


def test_broken_json_a_double_id_and_an_empty_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(FaqbotError, match="no gold questions in"):
        load(tmp_path)
    write(tmp_path, ROW, ROW)
    with pytest.raises(FaqbotError, match=r"north.jsonl:2: id 'n-1' stands in north.jsonl:1 already"):
        load(tmp_path)
    (tmp_path / "north.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(FaqbotError, match=r"north.jsonl:1: no JSON"):
        load(tmp_path)
