"""Everyday requests: spread over the clinics, and counted where an entry was given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import FaqbotError
from bot.evaluate.offtopic import read, score, spread


def reply(kind: str, *entries: str) -> dict[str, Any]:
    given = [{"clinic": "north", "id": e} for e in entries]
    return {"id": "off-0", "kind": kind, "text": kind, "messages": [], "questions": [], "entries": given}


def test_the_clinics_take_turns() -> None:
    rows = [json.loads(line) for line in spread(["a", "b", "c"], ["north", "south"])]
    assert [(r["text"], r["clinic"]) for r in rows] == [("a", "north"), ("b", "south"), ("c", "north")]
    assert len({r["id"] for r in rows}) == 3


def test_the_share_that_got_an_entry() -> None:
    found = score([reply("answer", "stop"), reply("out_of_scope"), reply("no_answer"), reply("out_of_scope")])
    assert found == {
        "rows": 4,
        "answered": 1,
        "share": 0.25,
        "kinds": {"answer": 1, "no_answer": 1, "out_of_scope": 2},
    }


def test_a_servers_fault_is_not_a_decline() -> None:
    with pytest.raises(FaqbotError, match="got no reply"):
        score([reply("error")])


def test_faults_of_the_file_are_named(tmp_path: Path) -> None:
    file = tmp_path / "off.jsonl"
    file.write_text('{"text": "book a table"}\n{"txt": 1}\n', encoding="utf-8")
    with pytest.raises(FaqbotError, match=r"off.jsonl:2: no JSON object with a 'text'"):
        read(file)
    file.write_text("\n", encoding="utf-8")
    with pytest.raises(FaqbotError, match="holds no request"):
        read(file)
