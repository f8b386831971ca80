"""`faqbot ask`: questions through the same path as a patient's message, one or a batch of JSON lines."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from bot.errors import FaqbotError
from bot.ports import free_port
from bot.servers import Address, Assistant, running
from bot.settings import Settings
from bot.sites import clinic_names, require_clinic
from knowledge.reply import Source, source_line

IN_FLIGHT = 6
TIMEOUT = 60.0
CHANNELS = ("web", "sms", "shell")

Progress = Callable[[str], None]


@contextmanager
def reachable(settings: Settings, progress: Progress) -> Iterator[Address]:
    """The address of the running assistant, or of one that is started for the duration of the block."""
    address = running(settings)
    if address:
        yield address
        return
    with Assistant(settings, port=free_port(), action_port=free_port(), progress=progress) as assistant:
        yield assistant.address


class Operator:
    """Talks to the operator channel of a running assistant."""

    def __init__(self, address: Address) -> None:
        self._client = httpx.AsyncClient(
            base_url=address.url,
            headers={"Authorization": f"Bearer {address.token}"},
            timeout=TIMEOUT,
            trust_env=False,
        )

    async def __aenter__(self) -> Operator:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._client.aclose()

    async def turn(
        self, text: str, *, conversation: str, clinic: str, channel: str, explain: bool = False
    ) -> dict[str, Any]:
        """One turn; returns the channel's reply as a batch row without its id.

        Raises FaqbotError with the server's sentence where it refuses, httpx.HTTPError where it is gone.
        """
        body = {
            "text": text,
            "conversation": conversation,
            "clinic": clinic,
            "channel": channel,
            "explain": explain,
        }
        started = time.perf_counter()
        response = await self._client.post("/webhooks/operator/turn", json=body)
        took = (time.perf_counter() - started) * 1000
        reply = _json(response)
        if response.status_code != 200:
            raise FaqbotError(str(reply.get("error", f"the server answered {response.status_code}")))
        row = {
            "kind": reply["kind"],
            "text": readable(reply["messages"], clinic, channel),
            "messages": reply["messages"],
            "questions": reply["questions"],
            "entries": reply["entries"],
            "intent": reply["intent"],
            "latency_ms": round(took, 1),
        }
        return {**row, "explain": reply["explain"]} if explain else row


def readable(messages: list[dict[str, Any]], clinic: str, channel: str) -> str:
    """All that the patient reads: the texts, and under each its sources (an SMS holds them itself)."""
    lines = []
    for message in messages:
        lines.append(message["text"])
        if channel != "sms":
            lines += [source_line(Source(**s), clinic_names()[clinic]) for s in message["sources"]]
    return "\n".join(lines)


async def ask_all(address: Address, lines: list[str], done: Callable[[], None]) -> list[dict[str, Any]]:
    """Answer a batch of JSON lines, a few at once, each in a fresh conversation; rows come back in order."""
    gate = asyncio.Semaphore(IN_FLIGHT)
    async with Operator(address) as operator:

        async def one(number: int, line: str) -> dict[str, Any]:
            async with gate:
                row = await _row(operator, number, line)
            done()
            return row

        return list(await asyncio.gather(*(one(i, line) for i, line in enumerate(lines, 1))))


def read_lines(path: Path) -> list[str]:
    """The non-empty lines of a batch file. Raises FaqbotError where it cannot be read."""
    try:
        return [line for line in path.read_text(encoding="utf-8-sig").split("\n") if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise FaqbotError(f"{path} cannot be read: {error}") from error


async def _row(operator: Operator, number: int, line: str) -> dict[str, Any]:
    identifier: Any = None
    try:
        row = json.loads(line)
        identifier = row.get("id") if isinstance(row, dict) else None
        turns, clinic, channel = _checked(row)
        conversation = f"ask-{uuid.uuid4().hex}"
        replies = [
            await operator.turn(text, conversation=conversation, clinic=clinic, channel=channel) for text in turns
        ]
        return {"id": identifier, **replies[-1]}
    except ValueError as error:
        return _error(identifier, f"row {number}: no JSON object ({error})")
    except (FaqbotError, httpx.HTTPError) as error:
        return _error(identifier, f"row {number}: {str(error) or type(error).__name__}")


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


def _json(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of a response. Raises FaqbotError where it is none: another service, or a broken one."""
    try:
        body = response.json()
    except ValueError as error:
        raise FaqbotError(f"the server answered {response.status_code} without JSON") from error
    if not isinstance(body, dict):
        raise FaqbotError(f"the server answered {response.status_code} with JSON that is no reply")
    return body


def _error(identifier: Any, message: str) -> dict[str, Any]:
    return {
        "id": identifier,
        "kind": "error",
        "text": message,
        "messages": [],
        "questions": [],
        "entries": [],
        "intent": {"name": None, "confidence": 0.0},
        "latency_ms": 0.0,
    }
