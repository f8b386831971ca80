"""JSON Lines over a connection that stays open: each value on a line of its own, both ways (jsonlines.org)."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Any, cast

from bot.wire import packed, unpacked

logger = logging.getLogger(__name__)

LONGEST = 100_000_000  # bytes of a line: as much as sanic takes by HTTP


class JsonLines(asyncio.Protocol):
    """One end of a connection. A subclass says what it makes of a value, and of the end.

    Where the other end says what is no JSON, or what `heard` cannot take, the connection is closed.
    """

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._rest = b""
        self._lines: deque[bytes] = deque()

    @property
    def open(self) -> bool:
        """Whether something can be said."""
        return self._transport is not None and not self._transport.is_closing()

    def say(self, value: Any) -> None:
        """Send a value. Raises ConnectionResetError where the connection is over."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError("the connection is over")
        self._transport.write(packed(value).encode() + b"\n")

    def close(self) -> None:
        """End the connection, when what was said is sent."""
        if self._transport is not None:
            self._transport.close()

    def heard(self, value: Any) -> None:
        """Called with each value from the other end, in order. LookupError or TypeError: it has the wrong form."""

    def lost(self) -> None:
        """Called once when the connection is over."""

    def unreadable(self) -> None:
        """Called, as an error is handled, where what came cannot be read; the connection is closed then."""
        logger.exception("what came over the connection cannot be read; it is closed")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        self._lines.extend(whole)
        if len(self._rest) > LONGEST:
            logger.error("a line of more than %d bytes: the connection is closed", LONGEST)
            self.close()
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._transport = None
        self.lost()

    def _next(self) -> None:
        """One line a step of the event loop: what is said to it is on its way before the next one is read."""
        if not self._lines or not self.open:
            return
        try:
            self.heard(unpacked(self._lines.popleft()))
        except (ValueError, LookupError, TypeError):
            self.unreadable()
            self.close()
        if self._lines:
            asyncio.get_running_loop().call_soon(self._next)
