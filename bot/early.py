"""Tells the action server of a message before its turn comes there, and gets the message's vector from it.

A turn is the work of two processes, one after the other: Rasa's reads the message and chooses the action, the action
server's searches. Told early, the second one encodes and searches while the first one works (`actions.ahead`).
Without an answer in time the message is encoded here, and the turn goes its way as if nothing had been told.
"""

from __future__ import annotations

import asyncio
import atexit
import time
from typing import Any

import aiohttp

from bot.settings import settings

AT_ONCE = 8  # told and not answered; with more the action server is far the busier one, and this process encodes itself
PATIENCE = 0.3  # seconds for the vector: it takes milliseconds, or the action server hangs
PAUSE = 5.0  # seconds without a word to an action server that did not answer
IDLE_SECONDS = 4.0  # sanic closes idle connections after 5 s: this side must be the first to give one up


class Early:
    """The line to one action server, for one event loop."""

    def __init__(self, url: str, *, searches: bool = True) -> None:
        """`searches`: whether the same server will run the action, so that it may search ahead."""
        self._url = url
        self._searches = searches
        self._session: aiohttp.ClientSession | None = None
        self._open = 0
        self._silent_until = 0.0

    async def vector(self, text: str, clinic: str, sent: asyncio.Event | None = None) -> dict[str, str] | None:
        """The packed vector (`knowledge.recent.unpack`) of a message to this clinic, or None: encode it here.

        `sent` is set when the message is on its way.
        """
        if self._open >= AT_ONCE or time.monotonic() < self._silent_until:
            return None
        self._open += 1
        try:
            return await asyncio.wait_for(self._ask(text, clinic if self._searches else "", sent), PATIENCE)
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError):
            self._silent_until = time.monotonic() + PAUSE
            return None
        finally:
            self._open -= 1

    async def close(self) -> None:
        """Hang up."""
        if self._session is not None:
            await self._session.close()

    def drop(self) -> None:
        """Hang up where the event loop is over."""
        if self._session is not None and self._session.connector is not None:
            connector = self._session.connector
            self._session.detach()
            connector.close()

    async def _ask(self, text: str, clinic: str, sent: asyncio.Event | None) -> dict[str, str]:
        told = {"text": text, "clinic": clinic}
        async with self._kept().post(self._url, json=told, trace_request_ctx=sent) as reply:
            reply.raise_for_status()
            found = await reply.json()
        if not isinstance(found, dict):
            raise ValueError(f"{self._url} is no action server of ours")
        return found

    def _kept(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(keepalive_timeout=IDLE_SECONDS)
            traces = aiohttp.TraceConfig()
            traces.on_request_chunk_sent.append(_sent)  # type: ignore[arg-type]  # as aiohttp documents it
            self._session = aiohttp.ClientSession(connector=connector, trace_configs=[traces])
        return self._session


async def _sent(_: aiohttp.ClientSession, context: Any, __: Any) -> None:
    if context.trace_request_ctx is not None:
        context.trace_request_ctx.set()


_lines: dict[asyncio.AbstractEventLoop, Early] = {}


@atexit.register
def _drop_all() -> None:
    for line in _lines.values():
        line.drop()
    _lines.clear()


def early() -> Early:
    """The line of the running event loop to the action server that the settings name."""
    loop = asyncio.get_running_loop()
    if loop not in _lines:
        _drop_all()  # of a loop that is over, as in tests
        chosen = settings()
        alone = chosen.action_servers == 1 and not chosen.action_url  # there may be several behind an address
        _lines[loop] = Early(chosen.ahead_url, searches=alone)
    return _lines[loop]
