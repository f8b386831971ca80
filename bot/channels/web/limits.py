"""Rate limits by token buckets: so many requests at once and so many a minute, for each key."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

MAX_KEYS = 20_000


class Limiter(Protocol):
    """Counts requests by key."""

    async def take(self, key: str) -> int:
        """Take one request of the key: 0 where it may go on, else the seconds to wait (at least 1)."""

    async def close(self) -> None:
        """Let go of connections."""


class Buckets:
    """A bucket a key; it holds `per_minute` requests and is filled again within a minute.

    The keys used least lately are forgotten beyond `max_keys`, so that memory stays bounded.
    """

    def __init__(
        self, per_minute: int, *, max_keys: int = MAX_KEYS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._size = float(per_minute)
        self._rate = per_minute / 60
        self._max_keys = max_keys
        self._clock = clock
        self._filled: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def take(self, key: str) -> int:
        """See Limiter.take."""
        now = self._clock()
        level, at = self._filled.pop(key, (self._size, now))
        level = min(self._size, level + (now - at) * self._rate)
        taken = level >= 1
        self._filled[key] = (level - 1 if taken else level, now)
        while len(self._filled) > self._max_keys:
            self._filled.popitem(last=False)
        return 0 if taken else max(1, math.ceil((1 - level) / self._rate))

    async def close(self) -> None:
        """Nothing to let go of."""
