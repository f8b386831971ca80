"""The load, in a process of its own: `python -m bot.bench.load SPEC OUT`.

SPEC is a `Spec` as JSON. So many conversations go on at once, each says its next message when it has its reply, and a
conversation that is over makes room for the next one. OUT gets what was measured after the warm-up.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import aiohttp

TIMEOUT = 60.0  # seconds for one reply; later is an error


@dataclass(frozen=True)
class Spec:
    """What to do. `kind` is "web" (the patients' channel of this assistant) or "rest" (Rasa's stock channel).

    With `seconds` 0 every conversation is held to its end, once.
    """

    kind: str
    url: str
    conversations: list[tuple[str, list[str]]]
    at_once: int
    seconds: float
    warm_up: float = 0.0


@dataclass
class Result:
    """Milliseconds of each reply in the order they came, seconds of the window, failed messages, own CPU seconds.

    `errors` counts every message without a reply, in the warm-up and behind the end of the window too: one that
    hangs ends long after it. `spare`: conversations that were not begun, the last ones; without any the window may
    have ended early.
    """

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    errors: int = 0
    cpu: float = 0.0
    spare: int = 0


class Talk(Protocol):
    """One conversation."""

    async def begin(self) -> None:
        """What comes before its first message."""

    async def say(self, text: str) -> bool:
        """One message; whether a reply came."""


class WebTalk:
    """A conversation over the web channel, as the widget holds it."""

    def __init__(self, client: aiohttp.ClientSession, clinic: str) -> None:
        self._client = client
        self._clinic = clinic
        self._headers: dict[str, str] = {}

    async def begin(self) -> None:
        """Start the session."""
        async with self._client.post("/webhooks/web/sessions", json={"site_key": f"demo-{self._clinic}"}) as reply:
            self._headers = {"Authorization": f"Bearer {(await reply.json())['token']}"}

    async def say(self, text: str) -> bool:
        """One message."""
        async with self._client.post("/webhooks/web/messages", json={"text": text}, headers=self._headers) as reply:
            body: Any = await reply.json()
        return reply.status == 200 and bool(body["messages"]) and body["kind"] != "error"


class RestTalk:
    """A conversation over Rasa's stock REST channel."""

    _count = 0

    def __init__(self, client: aiohttp.ClientSession, clinic: str) -> None:
        RestTalk._count += 1
        self._client = client
        self._sender = f"{time.time_ns()}-{RestTalk._count}"

    async def begin(self) -> None:
        """Nothing: the sender's name is the conversation."""

    async def say(self, text: str) -> bool:
        """One message."""
        async with self._client.post("/webhooks/rest/webhook", json={"sender": self._sender, "message": text}) as reply:
            body: Any = await reply.json()
        return reply.status == 200 and bool(body)


KINDS: dict[str, type[WebTalk] | type[RestTalk]] = {"web": WebTalk, "rest": RestTalk}


async def run(spec: Spec) -> Result:
    """Hold the conversations and measure."""
    result = Result()
    began = time.perf_counter()
    begins, ends = began + spec.warm_up, began + spec.warm_up + spec.seconds
    ended = began
    queue = iter(spec.conversations)
    cpu = time.process_time()
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(spec.url, connector=connector, timeout=timeout) as client:

        async def converse() -> None:
            nonlocal ended
            for clinic, texts in _while_time(queue, ends if spec.seconds else None):
                talk: Talk = KINDS[spec.kind](client, clinic)
                await talk.begin()
                for text in texts:
                    started = time.perf_counter()
                    answered = await _answered(talk, text)
                    now = time.perf_counter()
                    result.errors += not answered
                    if spec.seconds and now > ends:
                        return
                    if now >= begins:
                        ended = now
                        result.latencies.append((now - started) * 1000)

        await asyncio.gather(*(converse() for _ in range(spec.at_once)))
    result.seconds = spec.seconds or ended - begins
    result.cpu = time.process_time() - cpu
    result.spare = sum(1 for _ in queue)
    return result


def _while_time(queue: Iterator[tuple[str, list[str]]], ends: float | None) -> Iterator[tuple[str, list[str]]]:
    while ends is None or time.perf_counter() < ends:  # before one is taken: what is taken is begun
        conversation = next(queue, None)
        if conversation is None:
            return
        yield conversation


async def _answered(talk: Talk, text: str) -> bool:
    try:
        return await talk.say(text)
    except (aiohttp.ClientError, asyncio.TimeoutError, ValueError, KeyError):
        return False


def main(spec: Path, out: Path) -> None:
    """Read, measure, write."""
    result = asyncio.run(run(Spec(**json.loads(spec.read_text(encoding="utf-8")))))
    out.write_text(json.dumps(asdict(result)), encoding="utf-8")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:3]))
