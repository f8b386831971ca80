"""The command line: what it offers, its exit codes, and errors without a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from bot import cli
from bot.commands import ask, knowledge, shell
from bot.servers import Address
from tests.unit.bot.conftest import Call

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day on which the answers of the small FAQ are fresh."""
    monkeypatch.setattr(knowledge, "date", SimpleNamespace(today=lambda: TODAY))
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def batch(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Batches are answered without a server; returns those that were asked."""
    asked: list[list[str]] = []

    @contextmanager
    def reachable(*_: object) -> Iterator[Address]:
        yield Address("http://127.0.0.1:5005", "secret", 1)

    async def ask_each(address: Address, lines: list[str], take: Callable[[ask.Answer], None]) -> None:
        asked.append(lines)
        take(ask.Answer({"id": 1, "kind": "answer", "text": "¡sí!"}))
        take(ask.Answer({"id": 2, "kind": "error", "text": "row 2: bad"}, server_fault=lines[-1] == "lost"))
        if lines[-1] == "stopped":
            raise KeyboardInterrupt

    monkeypatch.setattr(ask, "reachable", reachable)
    monkeypatch.setattr(ask, "ask_each", ask_each)
    return asked


def test_help_lists_the_verbs() -> None:
    result = CliRunner().invoke(cli.app, ["--help"])
    assert result.exit_code == 0
    for verb in ("build", "serve", "shell", "ask", "knowledge"):
        assert verb in result.output
    result = CliRunner().invoke(cli.app, ["knowledge", "--help"])
    assert result.exit_code == 0
    for verb in ("check", "list"):
        assert verb in result.output


def test_a_knowledge_folder_without_fault_passes_the_check(faqbot: Call, faq: Path) -> None:
    assert faqbot("knowledge", "check", "--folder", str(faq)) == (0, "no problems\n", "")


def test_a_fault_is_named_with_its_place_and_the_exit_code_is_one(faqbot: Call, small_faq: Path) -> None:
    file = small_faq / "clinics" / "north" / "cost.md"
    file.write_text(file.read_text(encoding="utf-8").replace("questions: price", "questions: prise"), encoding="utf-8")
    code, out, err = faqbot("knowledge", "check")
    assert code == 1
    assert "clinics/north/cost.md:" in out
    assert "no question 'prise'" in out
    assert err == "1 problems\n"


def test_a_folder_that_holds_no_knowledge_fails_the_check(faqbot: Call, tmp_path: Path) -> None:
    code, out, _ = faqbot("knowledge", "check", "--folder", str(tmp_path))
    assert code == 1
    assert "no folder 'questions'" in out


@pytest.mark.usefixtures("small_faq")
@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", "--clinic", "west", "how much?"),
        ("shell", "--clinic", "west"),
        ("knowledge", "list", "--clinic", "west"),
    ],
)
def test_an_unknown_clinic_is_an_error_with_the_known_ones(faqbot: Call, arguments: tuple[str, ...]) -> None:
    code, out, err = faqbot(*arguments)
    assert (code, out) == (1, "")
    assert err == "faqbot: unknown clinic 'west'; known: north, south\n"


def test_a_bad_setting_is_an_error_without_a_traceback(faqbot: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_PORT", "high")
    code, _, err = faqbot("knowledge", "check")
    assert code == 1
    assert err.startswith("faqbot: FAQBOT_PORT: ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask",),
        ("ask", "how much?"),
        ("ask", "--clinic", "north"),
        ("ask", "--input", "in.jsonl"),
        ("ask", "--input", "in.jsonl", "--output", "out.jsonl", "how much?"),
        ("shell",),
        ("fly",),
        ("serve", "--port", "high"),
    ],
)
def test_a_wrong_call_ends_with_two_and_a_usage_line(faqbot: Call, arguments: tuple[str, ...]) -> None:
    code, out, err = faqbot(*arguments)
    assert (code, out) == (2, "")
    assert "Usage:" in err


def test_a_batch_is_written_row_by_row_and_its_errors_are_counted(
    faqbot: Call, batch: list[list[str]], tmp_path: Path
) -> None:
    (tmp_path / "in.jsonl").write_text("one\n\ntwo\n", encoding="utf-8")
    code, out, err = faqbot("ask", "--input", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "out.jsonl"))
    assert batch == [["one", "two"]]
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["text"] for row in rows] == ["¡sí!", "row 2: bad"]
    assert code == 0
    assert "2 rows, 1 of them errors" in err
    assert "{" not in out


def test_a_batch_that_is_not_there_is_an_error_before_anything_starts(
    faqbot: Call, batch: list[list[str]], tmp_path: Path
) -> None:
    code, _, err = faqbot("ask", "--input", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "out.jsonl"))
    assert code == 1
    assert "in.jsonl cannot be read" in err
    assert batch == []


def test_a_target_that_cannot_be_written_is_an_error_before_anything_is_asked(
    faqbot: Call, batch: list[list[str]], tmp_path: Path
) -> None:
    (tmp_path / "in.jsonl").write_text("one\n", encoding="utf-8")
    code, _, err = faqbot("ask", "--input", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "no" / "out.jsonl"))
    assert code == 1
    assert "out.jsonl" in err
    assert batch == []


def test_rows_that_a_server_failed_make_the_exit_code_one(faqbot: Call, batch: list[list[str]], tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text("one\nlost\n", encoding="utf-8")
    code, _, err = faqbot("ask", "--input", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "out.jsonl"))
    assert code == 1
    assert len((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    assert "2 rows, 1 of them errors\nfaqbot: 1 rows: no reply for a fault of the servers" in err


def test_a_batch_that_is_stopped_keeps_the_rows_that_it_has(
    faqbot: Call, batch: list[list[str]], tmp_path: Path
) -> None:
    (tmp_path / "in.jsonl").write_text("one\nstopped\n", encoding="utf-8")
    (tmp_path / "out.jsonl").write_text("of the last run", encoding="utf-8")
    code, _, err = faqbot("ask", "--input", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "out.jsonl"))
    assert code != 0
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == "of the last run"
    assert len((tmp_path / "out.jsonl.part").read_text(encoding="utf-8").splitlines()) == 2
    assert "out.jsonl.part holds the first 2 rows" in err


@pytest.mark.usefixtures("small_faq", "batch")
@pytest.mark.parametrize("arguments", [("ask", "--clinic", "north", "how much?"), ("shell", "--clinic", "north")])
def test_a_server_that_is_gone_is_an_error_without_a_traceback(
    faqbot: Call, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("gone")

    client = httpx.AsyncClient
    monkeypatch.setattr(
        "bot.commands.ask.httpx.AsyncClient", lambda **options: client(**options, transport=httpx.MockTransport(gone))
    )
    monkeypatch.setattr(shell, "_read", lambda: "how much?")
    code, _, err = faqbot(*arguments)
    assert code == 1
    assert err == "faqbot: the server does not answer (gone); look at the logs in run/\n"


@pytest.mark.usefixtures("small_faq", "batch")
def test_an_apology_for_a_server_makes_the_exit_code_one(faqbot: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    async def turn(*_: object, **__: object) -> dict[str, Any]:
        return {"kind": "error", "text": "Sorry, I cannot answer now."}

    monkeypatch.setattr(ask.Operator, "turn", turn)
    code, out, err = faqbot("ask", "--clinic", "north", "how much?")
    assert (code, out) == (1, "Sorry, I cannot answer now.\n")
    assert err.startswith("faqbot: no reply for a fault of the servers")


@pytest.mark.usefixtures("small_faq")
def test_the_list_names_only_the_clinic_asked_for(faqbot: Call) -> None:
    code, out, _ = faqbot("knowledge", "list", "--clinic", "south")
    assert code == 0
    assert "south: South Clinic, 1 entries" in out
    assert "north" not in out


@pytest.mark.usefixtures("small_faq")
def test_the_list_shows_what_is_open_or_the_catalogue(faqbot: Call) -> None:
    assert "south: 2 of 3 questions are open" in faqbot("knowledge", "list", "--missing")[1]
    assert "answered by 2" in faqbot("knowledge", "list", "--questions")[1]
