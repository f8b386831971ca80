"""The line to the action server on which it is told of messages early: never in the way of a turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import early
from bot.early import AT_ONCE, Early

PACKED = {"encoder": "e", "numbers": "n"}
Line = Callable[..., Awaitable[Early]]


class Answering:
    """An action server's side: what it was told, and how it answers."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.status = 200
        self.packed: Any = PACKED
        self.seconds = 0.0

    async def answer(self, request: web.Request) -> web.Response:
        """The vector, late where `seconds` says so."""
        self.told.append(await request.json())
        await asyncio.sleep(self.seconds)
        return web.json_response(self.packed, status=self.status)


@pytest.fixture
def server() -> Answering:
    """The other side."""
    return Answering()


@pytest.fixture
async def line(server: Answering) -> AsyncIterator[Line]:
    """Makes lines to `server`."""
    app = web.Application()
    app.router.add_post("/ahead", server.answer)
    running = TestServer(app)
    await running.start_server()
    made: list[Early] = []

    async def make(**options: Any) -> Early:
        made.append(Early(str(running.make_url("/ahead")), **options))
        return made[-1]

    yield make
    for each in made:
        await each.close()
    await running.close()


async def test_a_message_is_told_and_its_vector_comes_back(server: Answering, line: Line) -> None:
    sent = asyncio.Event()
    assert await (await line()).vector("price?", "small", sent) == PACKED
    assert server.told == [{"text": "price?", "clinic": "small"}] and sent.is_set()


async def test_where_another_server_may_run_the_action_none_searches(server: Answering, line: Line) -> None:
    assert await (await line(searches=False)).vector("price?", "small") == PACKED
    assert server.told == [{"text": "price?", "clinic": ""}]


async def test_a_server_that_fails_is_left_alone_for_a_while(
    server: Answering, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(early, "PAUSE", 0.05)
    server.status = 500
    one = await line()
    assert await one.vector("price?", "small") is None
    server.status = 200
    assert await one.vector("price?", "small") is None and len(server.told) == 1
    await asyncio.sleep(0.06)
    assert await one.vector("price?", "small") == PACKED


async def test_a_server_that_hangs_costs_a_moment_once(
    server: Answering, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(early, "PATIENCE", 0.05)
    server.seconds = 5
    one = await line()
    began = asyncio.get_running_loop().time()
    assert [await one.vector("price?", "small") for _ in range(3)] == [None] * 3
    assert asyncio.get_running_loop().time() - began < 1 and len(server.told) == 1


async def test_what_is_no_action_server_is_left_alone(server: Answering, line: Line) -> None:
    server.packed = ["something else"]
    one = await line()
    assert [await one.vector("price?", "small") for _ in range(2)] == [None, None] and len(server.told) == 1


async def test_a_server_that_is_gone_is_no_fault() -> None:
    one = Early("http://127.0.0.1:9/ahead")
    assert await one.vector("price?", "small") is None
    await one.close()


async def test_a_busy_server_is_not_told_of_more(server: Answering, line: Line) -> None:
    server.seconds = 0.1
    one = await line()
    found = await asyncio.gather(*(one.vector("price?", "small") for _ in range(AT_ONCE + 2)))
    assert found.count(None) == 2 and len(server.told) == AT_ONCE
    assert await one.vector("price?", "small") == PACKED  # and that was no fault


def test_the_line_of_a_loop_that_is_over_is_hung_up() -> None:
    async def one() -> Early:
        line = early.early()
        await line.vector("price?", "small")  # nobody is there, and the session is made
        return line

    left = asyncio.run(one())
    assert left._session is not None and not left._session.closed
    asyncio.run(_line())
    assert left._session.closed


async def test_each_event_loop_has_a_line_of_its_own() -> None:
    first = early.early()
    assert early.early() is first
    other = await asyncio.get_running_loop().run_in_executor(None, lambda: asyncio.run(_line()))
    assert other is not first


async def _line() -> Early:
    return early.early()
