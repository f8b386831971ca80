"""`faqbot ask`: questions through the same path as a patient's message, one or a batch of JSON lines."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from bot.channels.web.bodies import plain
from bot.commands.batch import Row, RowError, error_row, read_row, writable
from bot.errors import FaqbotError, ServingError
from bot.ports import free_port
from bot.servers import Address, Assistant, running
from bot.settings import Settings
from bot.sites import clinic_names
from knowledge.reply import Source, source_line

IN_FLIGHT = 6
TIMEOUT = 60.0

Progress = Callable[[str], None]


@contextmanager
def reachable(settings: Settings, progress: Progress) -> Iterator[Address]:
    """The address of the running assistant, or of one that is started for the duration of the block.

    One that is started sends no mail, purges nothing and opens no inbox.
    """
    address = running(settings)
    if address:
        yield address
        return
    with Assistant(
        settings, port=free_port(), action_port=free_port(), progress=progress, only_talks=True
    ) as assistant:
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

        Raises FaqbotError with the server's sentence where it refuses, ServingError where it is gone.
        """
        body = {
            "text": plain(text),
            "conversation": conversation,
            "clinic": clinic,
            "channel": channel,
            "explain": explain,
        }
        started = time.perf_counter()
        try:
            response = await self._client.post("/webhooks/operator/turn", json=body)
        except httpx.HTTPError as error:
            why = str(error) or type(error).__name__
            raise ServingError(f"the server does not answer ({why}); look at the logs in run/") from error
        took = (time.perf_counter() - started) * 1000
        reply = _json(response)
        if response.status_code != 200:
            raise FaqbotError(str(reply.get("error", f"the server answered {response.status_code}")))
        row = _as_row(reply, clinic, channel, took)
        return {**row, "explain": reply.get("explain")} if explain else row


def readable(messages: list[dict[str, Any]], clinic: str, channel: str) -> str:
    """All that the patient reads: the texts, and under each its sources (an SMS holds them itself)."""
    lines = []
    for message in messages:
        lines.append(message["text"])
        if channel != "sms":
            lines += [source_line(Source(**s), clinic_names()[clinic]) for s in message["sources"]]
    return "\n".join(lines)


@dataclass(frozen=True)
class Answer:
    """A row out; `server_fault` where it is an error that the row in is not to blame for."""

    row: Row
    server_fault: bool = False


async def ask_all(address: Address, lines: list[str], done: Callable[[], None]) -> list[Row]:
    """Answer a batch of JSON lines, a few at once, each in a fresh conversation; rows come back in order."""
    rows = []

    def take(answer: Answer) -> None:
        rows.append(answer.row)
        done()

    await ask_each(address, lines, take)
    return rows


async def ask_each(address: Address, lines: list[str], take: Callable[[Answer], None]) -> None:
    """As `ask_all`; `take` is given each answer in the order asked, as soon as those before it are there."""
    gate = asyncio.Semaphore(IN_FLIGHT)
    async with Operator(address) as operator:

        async def one(number: int, line: str) -> Answer:
            async with gate:
                return await _answer(operator, number, line)

        for task in [asyncio.create_task(one(i, line)) for i, line in enumerate(lines, 1)]:
            take(await task)


async def _answer(operator: Operator, number: int, line: str) -> Answer:
    try:
        asked = read_row(line)
    except RowError as error:
        return Answer(writable(error_row(error.identifier, f"row {number}: {error}"), number))
    conversation = f"ask-{uuid.uuid4().hex}"
    try:
        for text in asked.turns:
            reply = await operator.turn(text, conversation=conversation, clinic=asked.clinic, channel=asked.channel)
    except FaqbotError as error:
        return Answer(writable(error_row(asked.identifier, f"row {number}: {error}"), number), server_fault=True)
    return Answer(writable({"id": asked.identifier, **reply}, number), server_fault=reply["kind"] == "error")


def _as_row(reply: dict[str, Any], clinic: str, channel: str, took: float) -> Row:
    """The batch row of a reply, without its id. Raises FaqbotError where it is none: another service, or version."""
    try:
        return {
            "kind": reply["kind"],
            "text": readable(reply["messages"], clinic, channel),
            "messages": reply["messages"],
            "questions": reply["questions"],
            "entries": reply["entries"],
            "intent": reply["intent"],
            "latency_ms": round(took, 1),
        }
    except (KeyError, TypeError) as error:
        raise FaqbotError("the server answered 200 with JSON that is no reply") from error


def _json(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of a response. Raises FaqbotError where it is none: another service, or a broken one."""
    try:
        body = response.json()
    except ValueError as error:
        raise FaqbotError(f"the server answered {response.status_code} without JSON") from error
    if not isinstance(body, dict):
        raise FaqbotError(f"the server answered {response.status_code} with JSON that is no reply")
    return body
