"""The gold questions: patients' messages with what a right answer says (tests/gold/README.md)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import FaqbotError

SPLITS = ("development", "calibration", "test")


@dataclass(frozen=True)
class GoldRow:
    """One message. `facts` is what a right answer says (what is asked, where `unanswerable`).

    `must` are patterns that the text of a right reply matches, all of them. `questions` holds, for each thing
    asked, the catalogue questions that are right, the best first; empty where the catalogue has none.
    """

    id: str
    clinic: str
    style: str
    split: str
    text: str
    facts: tuple[str, ...]
    must: tuple[str, ...]
    questions: tuple[tuple[str, ...], ...]
    unanswerable: bool

    def holds(self, text: str) -> bool:
        """Whether `text` says all that a right answer says; never true for an unanswerable row."""
        return bool(self.must) and all(re.search(pattern, text, re.I) for pattern in self.must)


def load(folder: Path) -> tuple[GoldRow, ...]:
    """All rows under `folder`, files in name order. Raises FaqbotError naming file, line and the mend."""
    rows: list[GoldRow] = []
    seen: dict[str, str] = {}
    for file in _files(folder):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                place = f"{file.name}:{number}"
                row = _row(line, place)
                if row.id in seen:
                    raise FaqbotError(f"{place}: id '{row.id}' stands in {seen[row.id]} already; give it another")
                seen[row.id] = place
                rows.append(row)
    return tuple(rows)


def data_hash(folder: Path) -> str:
    """SHA-256 over the bytes of the gold files in name order."""
    digest = hashlib.sha256()
    for file in _files(folder):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def of_split(rows: Iterable[GoldRow], *splits: str) -> tuple[GoldRow, ...]:
    """The rows of these splits, in their order. Raises FaqbotError for a split that there is not."""
    unknown = sorted(set(splits) - set(SPLITS))
    if unknown:
        raise FaqbotError(f"no split '{unknown[0]}'; use one of: {', '.join(SPLITS)}")
    return tuple(row for row in rows if row.split in splits)


def _files(folder: Path) -> list[Path]:
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise FaqbotError(f"no gold questions in {folder}; it should hold <clinic>.jsonl files")
    return files


def _row(line: str, place: str) -> GoldRow:
    try:
        data: dict[str, Any] = json.loads(line)
        unanswerable = bool(data.get("unanswerable", False))
        stated = [data["asks"]] if unanswerable else data.get("facts") or [data["fact"]]
        row = GoldRow(
            id=data["id"],
            clinic=data["clinic"],
            style=data["style"],
            split=data["split"],
            text=data["text"],
            facts=tuple(stated),
            must=() if unanswerable else tuple(data["must"]),
            questions=tuple(tuple(labels) for labels in data.get("questions", [])),
            unanswerable=unanswerable,
        )
    except ValueError as error:
        raise FaqbotError(f"{place}: no JSON ({error}); write one object a line") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise FaqbotError(f"{place}: no usable field {error}; see the table in tests/gold/README.md") from error
    _check(row, place)
    return row


def _check(row: GoldRow, place: str) -> None:
    if row.split not in SPLITS:
        raise FaqbotError(f"{place}: no split '{row.split}'; use one of: {', '.join(SPLITS)}")
    if not row.unanswerable and not row.must:
        raise FaqbotError(f"{place}: 'must' is empty; give a pattern that a right answer matches")
    for pattern in row.must:
        try:
            re.compile(pattern)
        except re.error as error:
            raise FaqbotError(f"{place}: the pattern {pattern!r} is broken ({error}); mend it") from error
