"""The clock around the parts of a turn."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.turn_parts import Clock


def wait(seconds: float) -> float:
    """A part of a turn."""
    time.sleep(seconds)
    return seconds


async def wait_async(seconds: float) -> float:
    """A part of a turn that waits for something."""
    await asyncio.sleep(seconds)
    return seconds


async def test_a_parts_time_is_the_sum_of_its_calls_in_a_turn() -> None:
    clock = Clock()
    once, later = clock.wrap("tracker", wait), clock.wrap("action", wait_async)
    assert once(0.01) == 0.01 and once(0.02) == 0.02
    assert await later(0.02) == 0.02
    clock.end()
    once(0.001)
    clock.end()
    assert 30 <= clock.turns["tracker"][0] < 100 and 20 <= clock.turns["action"][0] < 100
    assert 1 <= clock.turns["tracker"][1] < 30
    assert len(clock.turns["action"]) == 1  # no action in the second turn


def test_the_time_of_a_part_that_fails_counts_and_the_error_goes_on() -> None:
    clock = Clock()
    with pytest.raises(ZeroDivisionError), clock.of("action"):
        wait(0.01)
        _ = 1 / 0
    clock.end()
    assert clock.turns["action"][0] >= 10
