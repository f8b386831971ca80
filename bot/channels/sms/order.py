"""One turn of a patient after the other: within this process, and with Redis across workers and machines."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakValueDictionary

from redis.asyncio import Redis
from redis.exceptions import LockError, RedisError

logger = logging.getLogger(__name__)

PREFIX = "faqbot:sms:lock:"
HELD_AT_MOST = 90.0  # seconds after which the lock of a process that died is free again; as the inbox's lease
WAIT_AT_MOST = 30.0
ANSWER_WITHIN = 0.5  # seconds for Redis itself


class Order:
    """`async with order.of(sender)` is held by one turn at a time.

    Where Redis fails, or another worker holds on too long, the turn runs all the same: a patient is rather answered
    than kept in line.
    """

    def __init__(self, redis_url: str = "", *, prefix: str = PREFIX, wait: float = WAIT_AT_MOST) -> None:
        self._here: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        timeouts = {"socket_timeout": ANSWER_WITHIN, "socket_connect_timeout": ANSWER_WITHIN}
        self._redis: Any = Redis.from_url(redis_url, **timeouts) if redis_url else None
        self._prefix = prefix
        self._wait = wait

    @asynccontextmanager
    async def of(self, sender: str) -> AsyncIterator[None]:
        """Wait for the turn before."""
        lock = self._here.setdefault(sender, asyncio.Lock())
        async with lock:
            held = await self._acquired(sender) if self._redis else None
            try:
                yield
            finally:
                if held:
                    await self._release(held)

    async def close(self) -> None:
        """Let go of connections."""
        if self._redis:
            await self._redis.close(close_connection_pool=True)

    async def _acquired(self, sender: str) -> Any:
        """The lock, or None where there is none to be had."""
        lock = self._redis.lock(self._prefix + sender, timeout=HELD_AT_MOST, blocking_timeout=self._wait, sleep=0.02)
        try:
            return lock if await lock.acquire() else None
        except (RedisError, OSError) as error:
            logger.error("Redis: %s; texts of one patient are in order within each worker alone", type(error).__name__)
            return None

    async def _release(self, lock: Any) -> None:
        try:
            await lock.release()
        except (LockError, RedisError, OSError) as error:
            logger.warning("a lock could not be given back and ends by itself: %s", type(error).__name__)
