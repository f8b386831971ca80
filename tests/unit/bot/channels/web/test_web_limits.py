"""Rate limits: the same promises in memory and in Redis, where all workers share one count."""

from __future__ import annotations

import asyncio
import os
import socket
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.channels.web.limits import Buckets, Limiter
from bot.channels.web.redis_limits import RedisBuckets

REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0")


def shared() -> RedisBuckets:
    """A limiter in Redis of 6 a minute, of a name of its own. Skips where there is no Redis."""
    address = urlsplit(REDIS)
    with socket.socket() as probe:
        probe.settimeout(0.5)
        if probe.connect_ex((address.hostname or "", address.port or 6379)):
            pytest.skip("no Redis on 127.0.0.1:6379; start redis-server, or set TEST_REDIS_URL")
    return RedisBuckets(REDIS, "test", 6, prefix=f"faqbot:test:{uuid.uuid4().hex}:")


@pytest.fixture(params=["memory", "redis"])
async def limiter(request: pytest.FixtureRequest, socket_enabled: Any) -> AsyncIterator[Limiter]:
    """Both kinds, of 6 a minute."""
    made: Limiter = Buckets(6) if request.param == "memory" else shared()
    yield made
    await made.close()


async def test_a_bucket_gives_its_number_and_then_says_how_long_to_wait(limiter: Limiter) -> None:
    assert [await limiter.take("a") for _ in range(6)] == [0] * 6
    assert 9 <= await limiter.take("a") <= 10
    assert await limiter.take("b") == 0


async def test_takes_at_once_are_counted_each(limiter: Limiter) -> None:
    waits = await asyncio.gather(*(limiter.take("a") for _ in range(20)))
    assert waits.count(0) == 6


async def test_two_workers_share_one_count(socket_enabled: Any) -> None:
    one = shared()
    two = RedisBuckets(REDIS, "test", 6, prefix=one._key.removesuffix("test:"))
    assert [await w.take("a") for w in (one, two, one, two, one, two)] == [0] * 6
    assert await one.take("a") > 0 and await two.take("a") > 0
    await one.close()
    await two.close()


async def test_without_redis_each_worker_counts_for_itself_and_loses_no_time(socket_enabled: Any) -> None:
    with socket.socket() as hung:
        hung.bind(("127.0.0.1", 0))
        hung.listen()
        limiter = RedisBuckets(f"redis://127.0.0.1:{hung.getsockname()[1]}/0", "test", 6)
        began = time.monotonic()
        assert [await limiter.take("a") for _ in range(7)].count(0) == 6
        assert time.monotonic() - began < 1
        await limiter.close()
