"""Where conversations are remembered: an interface, and the memory of this process."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol
from weakref import WeakValueDictionary

from bot.channels.web.conversation import Conversation
from bot.channels.web.tokens import LIFETIME, LONGEST
from bot.errors import FaqbotError

IDLE = 2 * LIFETIME  # seconds after which an idle conversation is forgotten
MAX_BYTES = 64 * 2**20
WAIT_AT_MOST = 20.0  # seconds for the turn before, where nothing shorter is asked for
NOT_ENDED = "the turn before has not ended in time"


class StateError(FaqbotError):
    """The state cannot be reached just now, or another turn holds the conversation for too long."""


class State(Protocol):
    """Conversations by their id. Every method may raise StateError."""

    def turn(self, conversation: str, within: float = WAIT_AT_MOST) -> AbstractAsyncContextManager[None]:
        """Held while a conversation is read, changed and saved: one turn after the other, in the order of arrival.

        Raises StateError where the turn before does not end within `within` seconds.
        """

    async def load(self, conversation: str) -> Conversation:
        """The conversation; an empty one where nothing is known of it."""

    async def save(self, conversation: str, content: Conversation) -> None:
        """Keep it for IDLE seconds from now."""

    async def end(self, conversation: str) -> None:
        """Erase it, and remember for as long as a token can live that it has ended."""

    async def ended(self, conversation: str) -> bool:
        """Whether it has ended."""

    async def close(self) -> None:
        """Let go of connections."""


class MemoryState:
    """In memory: bounded in size and time, gone after a restart. `clock` gives seconds."""

    def __init__(self, *, max_bytes: int = MAX_BYTES, clock: Callable[[], float] = time.monotonic) -> None:
        self._max_bytes = max_bytes
        self._clock = clock
        self._size = 0
        self._kept: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._ended: OrderedDict[str, float] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def turn(self, conversation: str, within: float = WAIT_AT_MOST) -> AbstractAsyncContextManager[None]:
        """See State.turn."""
        return self._turn(conversation, within)

    @asynccontextmanager
    async def _turn(self, conversation: str, within: float) -> AsyncIterator[None]:
        lock = self._locks.get(conversation)  # it lives as long as somebody holds it or waits for it
        if lock is None:
            lock = self._locks[conversation] = asyncio.Lock()
        try:
            await asyncio.wait_for(lock.acquire(), within)
        except asyncio.TimeoutError:
            raise StateError(NOT_ENDED) from None
        try:
            yield
        finally:
            lock.release()

    async def load(self, conversation: str) -> Conversation:
        """See State.load."""
        self._forget_idle()
        kept = self._kept.get(conversation)
        return Conversation.from_json(kept[0].decode()) if kept else Conversation()

    async def save(self, conversation: str, content: Conversation) -> None:
        """See State.save. The conversations idle longest make room."""
        self._drop(conversation)
        data = content.to_json().encode()
        self._kept[conversation] = (data, self._clock())
        self._size += len(data)
        while self._size > self._max_bytes and len(self._kept) > 1:
            self._drop(next(iter(self._kept)))
        self._forget_idle()

    async def end(self, conversation: str) -> None:
        """See State.end."""
        self._drop(conversation)
        self._ended[conversation] = self._clock()
        while self._ended and next(iter(self._ended.values())) < self._clock() - LONGEST:
            self._ended.popitem(last=False)

    async def ended(self, conversation: str) -> bool:
        """See State.ended."""
        return conversation in self._ended

    async def close(self) -> None:
        """Nothing to let go of."""

    def _forget_idle(self) -> None:
        while self._kept and next(iter(self._kept.values()))[1] < self._clock() - IDLE:
            self._drop(next(iter(self._kept)))

    def _drop(self, conversation: str) -> None:
        data, _ = self._kept.pop(conversation, (b"", 0.0))
        self._size -= len(data)
