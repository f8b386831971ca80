"""Conversations in Redis: they outlive a restart, and several processes share them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import LockError, RedisError

from bot.channels.web.conversation import Conversation
from bot.channels.web.state import IDLE, NOT_ENDED, WAIT_AT_MOST, StateError
from bot.channels.web.tokens import LONGEST

PREFIX = "faqbot:web:"
HELD_AT_MOST = 60.0  # seconds after which the lock of a process that died is free again
ANSWER_WITHIN = 1.0  # seconds for Redis itself


class RedisState:
    """What `State` promises, but for the order of turns that wait for one conversation: its lock is not fair.

    Raises StateError where Redis does not answer.
    """

    def __init__(self, url: str, *, prefix: str = PREFIX) -> None:
        self._redis: Any = Redis.from_url(url, socket_timeout=ANSWER_WITHIN, socket_connect_timeout=ANSWER_WITHIN)
        self._prefix = prefix

    def turn(self, conversation: str, within: float = WAIT_AT_MOST) -> AbstractAsyncContextManager[None]:
        """See State.turn."""
        return self._turn(conversation, within)

    @asynccontextmanager
    async def _turn(self, conversation: str, within: float) -> AsyncIterator[None]:
        name = self._key("lock", conversation)
        lock = self._redis.lock(name, timeout=HELD_AT_MOST, blocking_timeout=within, sleep=0.02)
        with _told():
            if not await lock.acquire():
                raise StateError(NOT_ENDED)
        try:
            yield
        finally:
            with _told():
                with suppress(LockError):  # held too long: another one may have it by now
                    await lock.release()

    async def load(self, conversation: str) -> Conversation:
        """See State.load."""
        with _told():
            kept = await self._redis.get(self._key("chat", conversation))
        return Conversation.from_json(kept.decode()) if kept else Conversation()

    async def save(self, conversation: str, content: Conversation) -> None:
        """See State.save."""
        with _told():
            await self._redis.set(self._key("chat", conversation), content.to_json().encode(), ex=IDLE)

    async def end(self, conversation: str) -> None:
        """See State.end."""
        with _told():
            await self._redis.set(self._key("ended", conversation), b"1", ex=LONGEST)
            await self._redis.delete(self._key("chat", conversation))

    async def ended(self, conversation: str) -> bool:
        """See State.ended."""
        with _told():
            return bool(await self._redis.exists(self._key("ended", conversation)))

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.close(close_connection_pool=True)

    def _key(self, kind: str, conversation: str) -> str:
        return f"{self._prefix}{kind}:{conversation}"


@contextmanager
def _told() -> Iterator[None]:
    """Redis's own errors as StateError."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise StateError(f"Redis: {type(error).__name__}; check FAQBOT_REDIS_URL") from error
