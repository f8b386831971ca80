"""Rate limits in Redis: one count for all workers and machines."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.channels.web.limits import Buckets

logger = logging.getLogger(__name__)

PREFIX = "faqbot:limit:"
ANSWER_WITHIN = 0.3  # seconds for Redis: a limit is worth no long wait
ALONE = 2.0  # seconds in which this process counts by itself after Redis has failed

# The bucket of limits.py by Redis's own clock, which is one for all. Returns seconds to wait, 0 where it may go on.
TAKE = """
local size, now = tonumber(ARGV[1]), redis.call('TIME')
local at = tonumber(now[1]) + tonumber(now[2]) / 1000000
local kept = redis.call('HMGET', KEYS[1], 'level', 'at')
local level = size
if kept[1] then level = math.min(size, tonumber(kept[1]) + math.max(0, at - tonumber(kept[2])) * size / 60) end
local wait = 0
if level >= 1 then level = level - 1 else wait = math.max(1, math.ceil((1 - level) * 60 / size)) end
redis.call('HSET', KEYS[1], 'level', tostring(level), 'at', tostring(at))
redis.call('EXPIRE', KEYS[1], 120)
return wait
"""


class RedisBuckets:
    """The same promises as Buckets. While Redis does not answer, each process counts for itself: patients go first."""

    def __init__(
        self, url: str, name: str, per_minute: int, *, prefix: str = PREFIX, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._redis: Any = Redis.from_url(url, socket_timeout=ANSWER_WITHIN, socket_connect_timeout=ANSWER_WITHIN)
        self._key = f"{prefix}{name}:"
        self._size = per_minute
        self._own = Buckets(per_minute)
        self._clock = clock
        self._alone_until = float("-inf")

    async def take(self, key: str) -> int:
        """See Buckets.take."""
        if self._clock() >= self._alone_until:
            try:
                return int(await self._redis.eval(TAKE, 1, self._key + key, self._size))
            except (RedisError, OSError) as error:
                logger.error("Redis: %s; requests are counted by each process", type(error).__name__)
                self._alone_until = self._clock() + ALONE
        return await self._own.take(key)

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.close(close_connection_pool=True)
