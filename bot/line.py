"""The line to the action server: one connection that stays open, with many questions on it at once.

A turn asks twice: for the vector of its message, and for its action. Asked by HTTP each costs Rasa's process three to
four times as much, and by a websocket the answer comes 0.3 to 0.5 ms later. Nothing depends on the line: while it is
not open, actions are called by HTTP as ever, and messages are encoded in Rasa's process.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import aiohttp

from bot.json_lines import JsonLines
from bot.settings import GREETING, settings

logger = logging.getLogger(__name__)

PAUSE = 5.0  # seconds before a server that could not be reached is tried again
OPENING = 2.0  # seconds that it may take


class Reply(NamedTuple):
    """An answer: a status as HTTP has it, and its body."""

    status: int
    body: Any


class _End(JsonLines):
    """This end of an open line: who waits for which answer."""

    def __init__(self) -> None:
        super().__init__()
        self.greeted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.asked: dict[int, asyncio.Future[Reply]] = {}

    def heard(self, value: Any) -> None:
        """Hand an answer to who waits for it; the first value is the greeting."""
        if not self.greeted.done():
            if value != GREETING:
                raise ValueError(f"no line, but {str(value)[:80]!r}")
            self.greeted.set_result(None)
            return
        waiting = self.asked.pop(value["number"], None)
        if waiting is not None and not waiting.done():
            waiting.set_result(Reply(value["status"], value["body"]))

    def unreadable(self) -> None:
        """See JsonLines. A server that does not greet knows no line, as Rasa's own: `Line` says so."""
        if self.greeted.done():
            super().unreadable()

    def lost(self) -> None:
        """Nobody waits in vain."""
        waiting: list[asyncio.Future[Any]] = [self.greeted, *self.asked.values()]
        for future in waiting:
            if not future.done():
                future.set_exception(aiohttp.ServerDisconnectedError())
        self.asked.clear()


class Line:
    """The line to the action server at an address (`http://host:port`), for one event loop."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._end: _End | None = None
        self._opening: asyncio.Task[None] | None = None
        self._numbers = count()
        self._closed_until = 0.0
        self._told = False  # that it cannot be opened, so that the log says so once

    def ready(self) -> bool:
        """Whether something can be asked now. Where not, the line is being opened, unless that failed just before."""
        if self._end is not None and self._end.open:
            return True
        if self._opening is None and time.monotonic() >= self._closed_until:
            self._opening = asyncio.ensure_future(self._open())
        return False

    async def opened(self) -> bool:
        """Wait until the line is open, or cannot be opened; returns `ready`."""
        if not self.ready() and self._opening is not None:
            await asyncio.wait({self._opening})
        return self.ready()

    async def ask(
        self,
        about: str,
        body: Mapping[str, Any],
        *,
        seconds: float | None = None,
        sent: asyncio.Event | None = None,
    ) -> Reply:
        """Ask over a line that is `ready`; `sent` is set when the question is on its way.

        Raises TimeoutError where no answer comes within `seconds`, aiohttp.ServerDisconnectedError where the line is
        cut before.
        """
        end = self._end
        if end is None or not end.open:
            raise aiohttp.ServerDisconnectedError()
        loop = asyncio.get_running_loop()
        number = next(self._numbers)
        answered: asyncio.Future[Reply] = loop.create_future()
        end.asked[number] = answered
        timer = loop.call_later(seconds, _late, answered) if seconds is not None else None
        try:
            end.say({"number": number, "about": about, "body": body})
            if sent is not None:
                sent.set()
            return await answered
        finally:
            if timer is not None:
                timer.cancel()
            end.asked.pop(number, None)

    async def close(self) -> None:
        """Hang up."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.wait({self._opening})
        if self._end is not None:
            self._end.close()
            await asyncio.sleep(0)  # it hears that it is over

    def drop(self) -> None:
        """Hang up where the event loop is over."""
        if self._end is not None:
            with suppress(RuntimeError):  # a loop that is over ends its connections itself
                self._end.close()
            self._end = None

    async def _open(self) -> None:
        try:
            self._end = await asyncio.wait_for(self._connected(), OPENING)
        except (OSError, aiohttp.ClientError, asyncio.TimeoutError) as error:
            self._closed_until = time.monotonic() + PAUSE
            if not self._told:
                logger.warning("no line to the action server (%s): turns are slower", type(error).__name__)
            self._told = True
        else:
            self._told = False
        finally:
            self._opening = None

    async def _connected(self) -> _End:
        """A connection on which the other end has greeted: what answers otherwise hears no patient's message."""
        _, end = await asyncio.get_running_loop().create_connection(_End, self._host, self._port)
        try:
            end.say(GREETING)
            await end.greeted
        except BaseException:
            end.close()
            raise
        return end


def _late(answered: asyncio.Future[Reply]) -> None:
    if not answered.done():
        answered.set_exception(asyncio.TimeoutError())


_lines: dict[asyncio.AbstractEventLoop, Line] = {}


@atexit.register
def _drop_all() -> None:
    for line in _lines.values():
        line.drop()
    _lines.clear()


def line() -> Line:
    """The line of the running event loop to the action server that the settings name."""
    loop = asyncio.get_running_loop()
    if loop not in _lines:
        for over in [known for known in _lines if known.is_closed()]:  # as in tests
            _lines.pop(over).drop()
        _lines[loop] = Line(settings().action_address)
    return _lines[loop]
