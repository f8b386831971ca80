"""The line to the action server: one websocket that stays open, with many questions on it at once.

A turn asks twice: for the vector of its message, and for its action. Asked by HTTP each costs Rasa's process three to
four times as much (0.38 and 0.10 ms on a slow core). Nothing depends on the line: while it is not open, actions are
called by HTTP as ever, and messages are encoded in Rasa's process.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import time
from collections.abc import Mapping
from itertools import count
from typing import Any, NamedTuple

import aiohttp

from bot.settings import settings
from bot.wire import packed, unpacked

logger = logging.getLogger(__name__)

PAUSE = 5.0  # seconds before a server that could not be reached is tried again
OPENING = 2.0  # seconds that it may take
CLOSING = 1.0  # seconds that the other end has to say goodbye


class Reply(NamedTuple):
    """An answer: a status as HTTP has it, and its body."""

    status: int
    body: Any


class Line:
    """The line to one action server, for one event loop."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._opening: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[None] | None = None
        self._asked: dict[int, asyncio.Future[Reply]] = {}
        self._numbers = count()
        self._closed_until = 0.0
        self._told = False  # that it cannot be opened, so that the log says so once

    def ready(self) -> bool:
        """Whether something can be asked now. Where not, the line is being opened, unless that failed just before."""
        if self._socket is not None and not self._socket.closed:
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
        if self._socket is None or self._socket.closed:
            raise aiohttp.ServerDisconnectedError()
        loop = asyncio.get_running_loop()
        number = next(self._numbers)
        answered: asyncio.Future[Reply] = loop.create_future()
        self._asked[number] = answered
        timer = loop.call_later(seconds, _late, answered) if seconds is not None else None
        try:
            await self._socket.send_str(packed({"number": number, "about": about, "body": body}))
            if sent is not None:
                sent.set()
            return await answered
        except ConnectionResetError as error:  # closed just before it was used
            raise aiohttp.ServerDisconnectedError() from error
        finally:
            if timer is not None:
                timer.cancel()
            self._asked.pop(number, None)

    async def close(self) -> None:
        """Hang up."""
        if self._opening is not None:
            self._opening.cancel()
        if self._socket is not None:
            await self._socket.close()
        if self._reading is not None:
            await asyncio.wait({self._reading})
        if self._session is not None:
            await self._session.close()

    def drop(self) -> None:
        """Hang up where the event loop is over."""
        if self._session is not None and self._session.connector is not None:
            connector = self._session.connector
            self._session.detach()
            connector.close()

    async def _open(self) -> None:
        try:
            if self._session is None or self._session.closed:
                self._session = aiohttp.ClientSession()
            opened = self._session.ws_connect(self._url, max_msg_size=0, timeout=CLOSING)
            self._socket = await asyncio.wait_for(opened, OPENING)
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            self._closed_until = time.monotonic() + PAUSE
            if not self._told:
                logger.warning("no line to the action server (%s): turns are slower", type(error).__name__)
            self._told = True
        else:
            self._told = False
            self._reading = asyncio.ensure_future(self._read(self._socket))
        finally:
            self._opening = None

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Hand each answer to who waits for it, until the line is cut."""
        try:
            async for message in socket:
                if message.type != aiohttp.WSMsgType.TEXT:
                    continue
                said = unpacked(message.data)
                waiting = self._asked.pop(said["number"], None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(Reply(said["status"], said["body"]))
        except (ValueError, KeyError):
            logger.exception("what came over the line to the action server is no answer; it is opened anew")
            await socket.close()
        finally:
            if self._socket is socket:
                self._socket = None
            left, self._asked = self._asked, {}
            for waiting in left.values():
                if not waiting.done():
                    waiting.set_exception(aiohttp.ServerDisconnectedError())


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
        _lines[loop] = Line(settings().line_url)
    return _lines[loop]
