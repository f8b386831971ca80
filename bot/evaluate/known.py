"""Questions with the class that each belongs to, read from CSV or JSON lines: any FAQ's, not ours alone."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import FaqbotError
from knowledge.index import question_texts
from knowledge.load import load

TEXT = ("text",)
CLASS = ("class", "label", "question", "questions")
SUFFIXES = (".csv", ".jsonl")


@dataclass(frozen=True)
class Labelled:
    """A question as somebody put it, and the classes that are right for it (one, mostly)."""

    text: str
    classes: tuple[str, ...]


def read_questions(path: Path) -> tuple[Labelled, ...]:
    """The questions of a `.csv` or `.jsonl` file. Raises FaqbotError naming file, line and the mend.

    A CSV file may have a header naming `text` and `class` (or `label`, `question`); without one the first column
    is the text and the second the class.
    """
    if path.suffix not in SUFFIXES:
        raise FaqbotError(f"{path}: neither .csv nor .jsonl; give one of these")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FaqbotError(f"{path} cannot be read: {error}; give a UTF-8 file") from error
    found = tuple(_csv(text, path) if path.suffix == ".csv" else _jsonl(text, path))
    if not found:
        raise FaqbotError(f"{path} holds no question; write one a line")
    return found


def read_known(path: Path) -> tuple[Labelled, ...]:
    """The known questions of an FAQ: a file as above, a folder of such files, or a knowledge folder of our own.

    Raises FaqbotError where there is none.
    """
    if path.is_file() or path.suffix in SUFFIXES:
        return read_questions(path)
    if (path / "questions").is_dir():
        return tuple(Labelled(t, (q.id,)) for q in load(path).all_questions() for t in question_texts(q))
    files = sorted(p for p in path.glob("*") if p.suffix in SUFFIXES)
    if not files:
        raise FaqbotError(f"no FAQ in {path}; give a folder with questions/*.md, or with .csv or .jsonl files")
    return tuple(question for file in files for question in read_questions(file))


def _csv(text: str, path: Path) -> Iterator[Labelled]:
    rows = [(n, row) for n, row in enumerate(csv.reader(text.splitlines()), 1) if any(cell.strip() for cell in row)]
    if not rows:
        return
    names = [cell.strip().lower() for cell in rows[0][1]]
    text_at, class_at = 0, 1
    if set(names) & set(TEXT + CLASS):
        text_at, class_at = _column(names, TEXT, path), _column(names, CLASS, path)
        rows = rows[1:]
    for number, row in rows:
        if len(row) <= max(text_at, class_at):
            raise FaqbotError(f"{path}:{number}: {len(row)} columns; a text and its class are needed")
        yield _labelled(row[text_at], row[class_at], f"{path}:{number}")


def _column(names: list[str], wanted: tuple[str, ...], path: Path) -> int:
    for name in wanted:
        if name in names:
            return names.index(name)
    raise FaqbotError(f"{path}:1: no column {' or '.join(repr(w) for w in wanted)}; it has {', '.join(names)}")


def _jsonl(text: str, path: Path) -> Iterator[Labelled]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise FaqbotError(f"{place}: no JSON ({error}); write one object a line") from error
        if not isinstance(row, dict):
            raise FaqbotError(f"{place}: no JSON object; write one a line")
        names = list(row)
        yield _labelled(row[names[_column(names, TEXT, path)]], row[names[_column(names, CLASS, path)]], place)


def _labelled(text: Any, classes: Any, place: str) -> Labelled:
    found = tuple(str(c).strip() for c in _flat(classes) if str(c).strip())
    if not isinstance(text, str) or not text.strip() or not found:
        raise FaqbotError(f"{place}: text or class is empty; fill in both")
    return Labelled(text.strip(), found)


def _flat(value: Any) -> list[Any]:
    """`questions` of a gold row is a list of lists: one message may ask several things."""
    return [item for part in value for item in _flat(part)] if isinstance(value, list) else [value]
