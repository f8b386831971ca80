"""The load's accounting: what counts as in the window, as an error, as spare; and how each system is asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.bench import load
from bot.bench.load import RestTalk, Result, Spec, WebTalk

REPLY = 0.02  # seconds


class SlowTalk:
    """A conversation without a server: each reply takes its time; "hang" takes longer than any window here."""

    said: list[str]
    at_once: int
    most: int

    def __init__(self, client: aiohttp.ClientSession, clinic: str) -> None:
        self.clinic = clinic

    async def begin(self) -> None:
        """Nothing."""

    async def say(self, text: str) -> bool:
        """One message; no reply comes to "lost" and "hang"."""
        kind = type(self)
        kind.said.append(text)
        kind.at_once += 1
        kind.most = max(kind.most, kind.at_once)
        await asyncio.sleep(0.5 if text == "hang" else REPLY)
        kind.at_once -= 1
        if text == "broken":
            raise aiohttp.ClientPayloadError
        return text not in {"lost", "hang"}


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> type[SlowTalk]:
    """Every conversation is a slow one."""
    SlowTalk.said, SlowTalk.at_once, SlowTalk.most = [], 0, 0
    monkeypatch.setitem(load.KINDS, "web", SlowTalk)  # type: ignore[arg-type]
    return SlowTalk


def spec(conversations: list[list[str]], **fields: Any) -> Spec:
    """A spec for those texts."""
    usual: dict[str, Any] = {"at_once": 1, "seconds": 0.0, "warm_up": 0.0}
    return Spec("web", "http://127.0.0.1:1", [("north", texts) for texts in conversations], **{**usual, **fields})


async def test_without_a_window_every_conversation_is_held_to_its_end(slow: type[SlowTalk]) -> None:
    result = await load.run(spec([["a", "b"], ["c"]]))
    assert slow.said == ["a", "b", "c"]
    assert (len(result.latencies), result.errors, result.spare) == (3, 0, 0)
    assert min(result.latencies) >= REPLY * 1000 * 0.9  # a timer may fire a little early
    assert sum(result.latencies) <= result.seconds * 1000


async def test_so_many_conversations_go_on_at_once_and_no_more(slow: type[SlowTalk]) -> None:
    await load.run(spec([["a", "b"]] * 12, at_once=4))
    assert slow.most == 4
    assert len(slow.said) == 24


async def test_what_ends_in_the_warm_up_or_behind_the_window_is_said_and_not_counted(slow: type[SlowTalk]) -> None:
    result = await load.run(spec([["a"] * 100], seconds=0.2, warm_up=0.2))
    assert result.seconds == 0.2  # the window, not the time from the first message to the last
    assert 1 <= len(result.latencies) <= 0.2 / REPLY + 1
    assert len(slow.said) >= len(result.latencies) + 3


async def test_what_was_not_begun_is_spare_and_nothing_else_is(slow: type[SlowTalk]) -> None:
    talks = [[f"{n}"] for n in range(200)]
    result = await load.run(spec(talks, at_once=3, seconds=0.2))
    assert result.spare == 200 - len(slow.said) > 0
    assert sorted(slow.said, key=int) == [f"{n}" for n in range(len(slow.said))]  # the spare ones are the last


@pytest.mark.parametrize("text", ["lost", "broken"])
async def test_a_message_without_a_reply_is_an_error(slow: type[SlowTalk], text: str) -> None:
    result = await load.run(spec([["a", text, "b"]]))
    assert result.errors == 1
    assert slow.said == ["a", text, "b"]


async def test_a_message_that_hangs_past_the_window_is_an_error(slow: type[SlowTalk]) -> None:
    result = await load.run(spec([["hang"], *([["a"]] * 100)], at_once=2, seconds=0.2))
    assert result.errors == 1
    assert result.latencies and max(result.latencies) < 450


async def test_a_message_that_is_lost_in_the_warm_up_is_an_error(slow: type[SlowTalk]) -> None:
    result = await load.run(spec([["lost"] + ["a"] * 100], seconds=0.2, warm_up=0.1))
    assert result.errors == 1


Serve = Callable[[dict[str, Callable[[web.Request], Awaitable[web.Response]]]], Awaitable[aiohttp.ClientSession]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Serves some routes; returns a client of them."""
    open_: list[Any] = []

    async def start(routes: dict[str, Callable[[web.Request], Awaitable[web.Response]]]) -> aiohttp.ClientSession:
        app = web.Application()
        for path, handler in routes.items():
            app.router.add_post(path, handler)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        client = aiohttp.ClientSession(f"http://127.0.0.1:{port}")
        open_.extend([client.close, runner.cleanup])
        return client

    yield start
    for close in open_:
        await close()


@pytest.mark.parametrize(
    ("status", "body", "answered"),
    [
        (200, {"kind": "answer", "messages": [{"text": "6 hours"}]}, True),
        (200, {"kind": "no_answer", "messages": [{"text": "it does not say"}]}, True),
        (200, {"kind": "error", "messages": [{"text": "out of order"}]}, False),
        (200, {"kind": "answer", "messages": []}, False),
        (429, {"kind": "answer", "messages": [{"text": "slower"}]}, False),
    ],
)
async def test_the_web_channel_is_asked_as_the_widget_asks(
    serve: Serve, status: int, body: dict[str, Any], answered: bool
) -> None:
    heard: list[Any] = []

    async def session(request: web.Request) -> web.Response:
        heard.append(await request.json())
        return web.json_response({"token": "secret"})

    async def message(request: web.Request) -> web.Response:
        heard.append((request.headers["Authorization"], await request.json()))
        return web.json_response(body, status=status)

    talk = WebTalk(await serve({"/webhooks/web/sessions": session, "/webhooks/web/messages": message}), "north")
    await talk.begin()
    assert await talk.say("when do i stop eating") is answered
    assert heard == [{"site_key": "demo-north"}, ("Bearer secret", {"text": "when do i stop eating"})]


@pytest.mark.parametrize(
    ("status", "body", "answered"), [(200, [{"text": "hi"}], True), (200, [], False), (500, {"status": "bad"}, False)]
)
async def test_the_rest_channel_is_asked_with_a_sender_of_its_own(
    serve: Serve, status: int, body: Any, answered: bool
) -> None:
    heard: list[Any] = []

    async def webhook(request: web.Request) -> web.Response:
        heard.append(await request.json())
        return web.json_response(body, status=status)

    client = await serve({"/webhooks/rest/webhook": webhook})
    one, other = RestTalk(client, "north"), RestTalk(client, "north")
    for talk in (one, one, other):
        assert await talk.say("hello") is answered
    senders = [row["sender"] for row in heard]
    assert senders[0] == senders[1] != senders[2]
    assert {row["message"] for row in heard} == {"hello"}


def test_main_reads_the_spec_and_writes_the_result(tmp_path: Path, slow: type[SlowTalk]) -> None:
    asked, out = tmp_path / "spec.json", tmp_path / "out.json"
    asked.write_text(json.dumps(load.asdict(spec([["a"]]))), encoding="utf-8")
    load.main(asked, out)
    result = Result(**json.loads(out.read_text(encoding="utf-8")))
    assert len(result.latencies) == 1 and result.cpu > 0
