"""The line to the action server: many questions on one connection, and no fault of the turn where it is away."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot import line as lines
from bot.line import Line


class OtherEnd:
    """The action server's end: what was asked, and how it answers."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.held: list[dict[str, Any]] = []
        self.hold = 0  # so many questions are answered together, the last first
        self.silent = False
        self.greeting = b'"faqbot line 1"\n'
        self.lines: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer on one line with what was asked."""
        self.lines.append(writer)
        assert await reader.readline() == b'"faqbot line 1"\n'
        writer.write(self.greeting)
        while said := await reader.readline():
            asked = json.loads(said)
            self.asked.append(asked)
            self.held.append(asked)
            if self.silent or len(self.held) < self.hold:
                continue
            for each in reversed(self.held):
                answer = {"number": each["number"], "status": 200, "body": each["body"]}
                writer.write(json.dumps(answer).encode() + b"\n")
            self.held.clear()
        writer.close()


@pytest.fixture
def other_end() -> OtherEnd:
    """The other end."""
    return OtherEnd()


@pytest.fixture
async def line(other_end: OtherEnd) -> AsyncIterator[Line]:
    """A line to it, not open yet."""
    running = await asyncio.start_server(other_end.serve, "127.0.0.1", 0)
    made = Line(f"http://127.0.0.1:{running.sockets[0].getsockname()[1]}")
    yield made
    await made.close()
    running.close()
    await running.wait_closed()
    for writer in other_end.lines:
        writer.close()
    await asyncio.sleep(0.01)  # both ends hear that it is over


async def test_the_first_look_opens_it_and_what_is_asked_then_is_answered(line: Line, other_end: OtherEnd) -> None:
    assert not line.ready() and await line.opened() and line.ready()
    sent = asyncio.Event()
    assert await line.ask("told", {"text": "é"}, sent=sent) == (200, {"text": "é"})
    assert sent.is_set() and other_end.asked == [{"number": 0, "about": "told", "body": {"text": "é"}}]


async def test_each_question_gets_its_own_answer_in_whatever_order_they_come(line: Line, other_end: OtherEnd) -> None:
    await line.opened()
    other_end.hold = 3
    found = await asyncio.gather(*(line.ask("called", {"n": n}) for n in range(3)))
    assert [reply.body for reply in found] == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert len(other_end.lines) == 1


async def test_an_answer_that_takes_too_long_is_not_waited_for_and_disturbs_none(
    line: Line, other_end: OtherEnd
) -> None:
    await line.opened()
    other_end.hold = 2
    with pytest.raises(asyncio.TimeoutError):
        await line.ask("told", {"n": 0}, seconds=0.05)
    assert (await line.ask("told", {"n": 1}, seconds=5)).body == {"n": 1}  # the late answer came before it


async def test_a_question_that_is_given_up_is_forgotten(line: Line, other_end: OtherEnd) -> None:
    await line.opened()
    other_end.silent = True
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(line.ask("called", {}), 0.05)
    assert line._end is not None and not line._end.asked


async def test_a_cut_fails_what_was_asked_at_once_and_the_next_look_opens_it_again(
    line: Line, other_end: OtherEnd
) -> None:
    await line.opened()
    other_end.silent = True
    asked = asyncio.ensure_future(line.ask("called", {}))
    await asyncio.sleep(0.05)
    other_end.lines[0].close()
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await asyncio.wait_for(asked, 1)
    assert not line.ready()
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await line.ask("called", {})
    other_end.silent = False
    other_end.held.clear()
    assert await line.opened() and (await line.ask("called", {"n": 1})).body == {"n": 1}


async def test_what_is_no_answer_fails_what_was_asked_and_the_line_is_opened_anew(
    line: Line, other_end: OtherEnd, caplog: pytest.LogCaptureFixture
) -> None:
    await line.opened()
    other_end.silent = True
    asked = asyncio.ensure_future(line.ask("called", {}))
    await asyncio.sleep(0.05)
    other_end.lines[0].write(b"no JSON\n")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await asyncio.wait_for(asked, 1)
    assert "cannot be read" in caplog.text and not line.ready()
    other_end.silent = False
    other_end.held.clear()
    assert await line.opened() and (await line.ask("called", {"n": 1})).body == {"n": 1}


async def test_a_server_that_is_gone_is_said_once_and_tried_again_after_a_pause(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(lines, "PAUSE", 0.05)
    gone = Line("http://127.0.0.1:9")
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            assert not await gone.opened()
            assert not gone.ready() and gone._opening is None  # not before the pause is over
            await asyncio.sleep(0.06)
    assert [r.getMessage() for r in caplog.records] == [
        "no line to the action server (ConnectionRefusedError): turns are slower"
    ]
    await gone.close()


@pytest.mark.parametrize("greeting", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b'"faqbot line 2"\n', b'{"number": 0}\n'])
async def test_a_server_that_knows_no_line_is_told_nothing(
    line: Line, other_end: OtherEnd, caplog: pytest.LogCaptureFixture, greeting: bytes
) -> None:
    other_end.greeting = greeting
    assert not await line.opened() and other_end.asked == []
    assert [r.getMessage() for r in caplog.records] == [
        "no line to the action server (ServerDisconnectedError): turns are slower"
    ]
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await line.ask("told", {"text": "private"})


async def test_a_server_that_does_not_greet_is_given_up(
    line: Line, other_end: OtherEnd, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(lines, "OPENING", 0.05)
    other_end.greeting = b""
    assert not await line.opened() and "TimeoutError" in caplog.text


async def test_a_line_that_is_hung_up_while_it_opens_is_not_opened(line: Line, other_end: OtherEnd) -> None:
    other_end.greeting = b""
    assert not line.ready()
    await asyncio.sleep(0.02)
    await line.close()
    assert line._end is None and line._opening is None


def test_the_line_of_a_loop_that_is_over_is_dropped() -> None:
    class Over:
        open = True

        def close(self) -> None:
            raise RuntimeError("Event loop is closed")

    async def one() -> Line:
        made = lines.line()
        made._end = Over()  # type: ignore[assignment]
        return made

    left = asyncio.run(one())
    asyncio.run(_line())
    assert left._end is None and left not in lines._lines.values()


async def test_each_event_loop_has_a_line_of_its_own() -> None:
    first = lines.line()
    assert lines.line() is first
    other = await asyncio.get_running_loop().run_in_executor(None, lambda: asyncio.run(_line()))
    assert other is not first and lines.line() is first


async def _line() -> Line:
    return lines.line()
