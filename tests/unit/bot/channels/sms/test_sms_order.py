"""Turns of one patient follow each other: in one process, and in two that share a Redis."""

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

from bot.channels.sms.order import Order

REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0")


@pytest.fixture(params=["memory", "redis"])
async def workers(request: pytest.FixtureRequest, socket_enabled: Any) -> AsyncIterator[tuple[Order, Order]]:
    """Two workers' orders; in memory there is one worker."""
    if request.param == "memory":
        one = Order()
        yield one, one
        return
    address = urlsplit(REDIS)
    with socket.socket() as probe:
        probe.settimeout(0.5)
        if probe.connect_ex((address.hostname or "", address.port or 6379)):
            pytest.skip("no Redis on 127.0.0.1:6379; start redis-server, or set TEST_REDIS_URL")
    prefix = f"faqbot:test:{uuid.uuid4().hex}:"
    made = Order(REDIS, prefix=prefix), Order(REDIS, prefix=prefix)
    yield made
    for order in made:
        await order.close()


async def test_turns_of_one_patient_do_not_overlap(workers: tuple[Order, Order]) -> None:
    steps: list[int] = []

    async def turn(number: int) -> None:
        async with workers[number % 2].of("patient"):
            steps.append(number)
            await asyncio.sleep(0.03)
            steps.append(number)

    await asyncio.gather(*(turn(i) for i in range(6)))
    assert steps[::2] == steps[1::2] and sorted(steps[::2]) == list(range(6))


async def test_another_patient_does_not_wait(workers: tuple[Order, Order]) -> None:
    async with workers[0].of("patient"), workers[1].of("another"):
        pass


async def test_a_turn_that_fails_lets_the_next_one_in(workers: tuple[Order, Order]) -> None:
    with pytest.raises(KeyError):
        async with workers[0].of("patient"):
            raise KeyError
    async with workers[1].of("patient"):
        pass


async def test_a_redis_that_hangs_keeps_nobody_in_line(socket_enabled: Any) -> None:
    with socket.socket() as hung:
        hung.bind(("127.0.0.1", 0))
        hung.listen()
        order = Order(f"redis://127.0.0.1:{hung.getsockname()[1]}/0")
        began = time.monotonic()
        async with order.of("patient"):
            pass
        assert time.monotonic() - began < 1.5
        await order.close()
