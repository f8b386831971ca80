"""The action server is told of messages early: never in the way of a turn."""

from __future__ import annotations

import asyncio
import logging
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from bot import early
from bot.early import AT_ONCE, Early
from bot.line import Reply

PACKED = {"encoder": "e", "numbers": "n"}


class Answering:
    """A line: what goes over it, and how it is answered."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.reply = Reply(200, PACKED)
        self.fault: Exception | None = None
        self.seconds = 0.0
        self.open = True

    def ready(self) -> bool:
        """Whether it is open."""
        return self.open

    async def ask(self, about: str, body: dict[str, Any], *, seconds: float, sent: asyncio.Event | None) -> Reply:
        """As `Line.ask`."""
        assert (about, seconds) == ("told", early.PATIENCE)
        self.told.append(body)
        await asyncio.sleep(self.seconds)
        if self.fault is not None:
            raise self.fault
        return self.reply


@pytest.fixture
def over() -> Any:
    """The line."""
    return Answering()


async def test_a_message_is_told_and_its_vector_comes_back(over: Any) -> None:
    assert await Early().vector(over, "price?", "small") == PACKED
    assert over.told == [{"text": "price?", "clinic": "small"}]


@pytest.mark.parametrize("alone", [True, False])
async def test_where_another_server_may_run_the_action_none_searches(
    over: Any, monkeypatch: pytest.MonkeyPatch, alone: bool
) -> None:
    monkeypatch.setattr(early, "line", lambda: over)
    monkeypatch.setattr(early, "settings", lambda: SimpleNamespace(one_action_server=alone))
    assert await early.early_vector("price?", "small", asyncio.Event()) == PACKED
    assert over.told == [{"text": "price?", "clinic": "small" if alone else ""}]


@pytest.mark.parametrize(
    ("fault", "reply", "said"),
    [
        (asyncio.TimeoutError(), None, "TimeoutError"),
        (aiohttp.ServerDisconnectedError(), None, "ServerDisconnectedError"),
        (None, Reply(500, {"error": "e"}), "status 500"),
        (None, Reply(200, ["something else"]), "status 200"),
    ],
)
async def test_a_server_that_fails_is_left_alone_for_a_while_and_counted(
    over: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: Any, reply: Any, said: str
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(early, "failed", counted.append)
    monkeypatch.setattr(early, "PAUSE", 0.05)
    one = Early()
    over.fault, over.reply = fault, reply or over.reply
    with caplog.at_level(logging.WARNING):
        assert await one.vector(over, "price?", "small") is None
    assert counted == ["early"] and said in caplog.text
    over.fault, over.reply = None, Reply(200, PACKED)
    assert await one.vector(over, "price?", "small") is None and len(over.told) == 1
    await asyncio.sleep(0.06)
    assert await one.vector(over, "price?", "small") == PACKED


async def test_while_the_line_is_not_open_nothing_is_told_and_that_is_no_fault(over: Any) -> None:
    over.open, one = False, Early()
    assert await one.vector(over, "price?", "small") is None and over.told == []
    over.open = True
    assert await one.vector(over, "price?", "small") == PACKED


async def test_a_busy_server_is_not_told_of_more(over: Any) -> None:
    over.seconds, one = 0.05, Early()
    found = await asyncio.gather(*(one.vector(over, "price?", "small") for _ in range(AT_ONCE + 2)))
    assert found.count(None) == 2 and len(over.told) == AT_ONCE
    assert await one.vector(over, "price?", "small") == PACKED  # and that was no fault
