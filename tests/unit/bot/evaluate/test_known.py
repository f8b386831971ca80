"""Any FAQ's questions from CSV, JSON lines and knowledge folders, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import FaqbotError
from bot.evaluate.known import Labelled, read_known, read_questions


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        'when does it end,4\n"is it bad, really",7\n',
        'text,class\nwhen does it end,4\n"is it bad, really",7\n',
        'id,label,text\n1,4,when does it end\n2,7,"is it bad, really"\n',
    ],
)
def test_csv_with_and_without_a_header(tmp_path: Path, text: str) -> None:
    found = read_questions(write(tmp_path / "q.csv", text))
    assert found == (Labelled("when does it end", ("4",)), Labelled("is it bad, really", ("7",)))


def test_json_lines_with_one_or_several_classes(tmp_path: Path) -> None:
    lines = '{"text": "a", "label": 3}\n\n{"text": "b", "questions": [["x", "y"], ["z"]]}\n'
    found = read_questions(write(tmp_path / "q.jsonl", lines))
    assert found == (Labelled("a", ("3",)), Labelled("b", ("x", "y", "z")))


def test_a_folder_of_files_a_file_and_a_knowledge_folder(tmp_path: Path, faq: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    file = write(folder / "b.csv", "one,1\n")
    write(folder / "a.jsonl", '{"text": "two", "class": "2"}\n')
    assert read_known(file) == (Labelled("one", ("1",)),)
    assert [k.text for k in read_known(folder)] == ["two", "one"]
    ours = read_known(faq)
    assert {k.classes for k in ours} == {("stop-eating",), ("what-to-wear",), ("price",)}
    assert Labelled("How much does one infusion cost?", ("price",)) in ours


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("q.csv", "", r"q.csv holds no question"),
        ("q.csv", "text,topic\na,b\n", r"q.csv:1: no column 'class' or 'label'.*it has text, topic"),
        ("q.csv", "a,1\nb\n", r"q.csv:2: 1 columns"),
        ("q.csv", "a,1\n ,2\n", r"q.csv:2: text or class is empty"),
        ("q.jsonl", '{"text": "a"}\n', r"q.jsonl:1: no column 'class'"),
        ("q.jsonl", '{"text": "a", "class": 1}\n[1]\n', r"q.jsonl:2: no JSON object"),
        ("q.jsonl", "text\n", r"q.jsonl:1: no JSON \("),
        ("q.jsonl", '{"text": "a", "class": []}\n', r"q.jsonl:1: text or class is empty"),
        ("q.txt", "a\n", r"q.txt: neither .csv nor .jsonl"),
    ],
)
def test_faults_are_named(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(FaqbotError, match=message):
        read_questions(write(tmp_path / name, text))


def test_a_missing_file_and_an_empty_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(FaqbotError, match="cannot be read"):
        read_questions(tmp_path / "none.csv")
    with pytest.raises(FaqbotError, match="no FAQ in"):
        read_known(tmp_path)
