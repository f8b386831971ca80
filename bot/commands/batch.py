"""The rows of a batch: what a line may hold, and what stands in the place of an answer."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from bot.channels.web.bodies import plain
from bot.errors import FaqbotError
from bot.sites import require_clinic

CHANNELS = ("web", "sms", "shell")

Row = dict[str, Any]

_NOT_UTF8 = re.compile(r"[\ud800-\udfff]")  # what bot/commands/batch_file.py makes of such bytes


class RowError(FaqbotError):
    """A row that cannot be asked; `identifier` is its id, None where it could not be read."""

    def __init__(self, message: str, identifier: Any) -> None:
        super().__init__(message)
        self.identifier = identifier


@dataclass(frozen=True)
class Question:
    """A row in."""

    identifier: Any
    turns: list[str]
    clinic: str
    channel: str


def read_row(line: str) -> Question:
    """The row of a line. Raises RowError saying what is wrong with it."""
    identifier: Any = None
    try:
        row = json.loads(line)
        identifier = row.get("id") if isinstance(row, dict) else None
        if _NOT_UTF8.search(line):
            raise FaqbotError("not UTF-8; save the file as UTF-8")
        return Question(identifier, *_checked(row))
    except ValueError as error:
        raise RowError(f"no JSON object ({error})", identifier) from error
    except RecursionError as error:
        raise RowError("no JSON object that can be read (too many brackets in each other)", identifier) from error
    except FaqbotError as error:
        raise RowError(str(error), identifier) from error


def error_row(identifier: Any, message: str) -> Row:
    """The row out in place of an answer."""
    return {
        "id": identifier,
        "kind": "error",
        "text": plain(message),
        "messages": [],
        "questions": [],
        "entries": [],
        "intent": {"name": None, "confidence": 0.0},
        "latency_ms": 0.0,
    }


def writable(row: Row, number: int) -> Row:
    """The row, or an error row in its place where JSON has no form for it: an id like 1e999."""
    try:
        json.dumps(row, allow_nan=False)
    except (ValueError, RecursionError) as error:
        return error_row(None, f"row {number}: cannot be written as JSON ({error}); give it a plain id")
    return row


def _checked(row: Any) -> tuple[list[str], str, str]:
    """Turns, clinic and channel of a row in. Raises FaqbotError saying what is wrong with it."""
    if not isinstance(row, dict):
        raise FaqbotError("write one JSON object a line")
    turns = row.get("turns", [row.get("text")])
    if not isinstance(turns, list) or not turns or not all(isinstance(t, str) for t in turns):
        raise FaqbotError("give 'text' (a string) or 'turns' (a list of strings)")
    clinic, channel = row.get("clinic"), row.get("channel", "web")
    require_clinic(str(clinic))
    if channel not in CHANNELS:
        raise FaqbotError(f"unknown channel '{channel}'; use one of: {', '.join(CHANNELS)}")
    return turns, str(clinic), str(channel)
