"""Where conversations are remembered: the same promises in memory and in Redis."""

from __future__ import annotations

import asyncio
import os
import socket
import uuid
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from web_server import FakeEngine, begin, say, serving

from bot.channels.web.conversation import Conversation
from bot.channels.web.redis_state import RedisState
from bot.channels.web.state import IDLE, MemoryState, State, StateError
from bot.settings import settings

REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0")


def redis_is_here() -> bool:
    """Whether something listens there."""
    address = urlsplit(REDIS)
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((address.hostname or "", address.port or 6379)) == 0


@pytest.fixture(params=["memory", "redis"])
async def state(request: pytest.FixtureRequest, socket_enabled: Any) -> AsyncIterator[State]:
    """Both kinds."""
    if request.param == "memory":
        yield MemoryState()
        return
    if not redis_is_here():
        pytest.skip("no Redis on 127.0.0.1:6379; start redis-server, or set TEST_REDIS_URL")
    made = RedisState(REDIS, prefix=f"faqbot:test:{uuid.uuid4().hex}:")
    yield made
    for key in await made._redis.keys(f"{made._prefix}*"):
        await made._redis.delete(key)
    await made.close()


async def test_what_is_saved_is_loaded_and_of_no_other_conversation(state: State) -> None:
    kept = Conversation(choices={"a": "Ä"})
    await state.save("one", kept)
    assert await state.load("one") == kept and await state.load("two") == Conversation()


async def test_what_has_ended_is_gone_and_stays_ended(state: State) -> None:
    await state.save("one", Conversation(choices={"a": "b"}))
    await state.end("one")
    assert await state.ended("one") and not await state.ended("two")
    assert await state.load("one") == Conversation()


async def test_turns_of_a_conversation_follow_each_other(state: State) -> None:
    order: list[int] = []

    async def turn(number: int) -> None:
        async with state.turn("one"):
            order.append(number)
            await asyncio.sleep(0.02)
            order.append(number)

    await asyncio.gather(*(turn(i) for i in range(3)))
    assert [order[0], order[2], order[4]] == [order[1], order[3], order[5]]
    assert sorted(order) == [0, 0, 1, 1, 2, 2]


async def test_a_turn_waits_for_the_one_before_it_no_longer_than_asked(state: State) -> None:
    async with state.turn("one"):
        with pytest.raises(StateError, match="has not ended in time"):
            async with state.turn("one", 0.05):
                pass
    await asyncio.wait_for(empty_turn(state, "one"), 2)


async def test_a_turn_does_not_wait_for_another_conversation(state: State) -> None:
    async with state.turn("one"):
        await asyncio.wait_for(empty_turn(state, "two"), 2)


async def empty_turn(state: State, conversation: str) -> None:
    """Take a turn and give it back."""
    async with state.turn(conversation):
        pass


async def test_a_turn_that_fails_lets_the_next_one_in(state: State) -> None:
    with pytest.raises(KeyError):
        async with state.turn("one"):
            raise KeyError
    await asyncio.wait_for(empty_turn(state, "one"), 2)


async def test_memory_is_bounded_in_size_and_time() -> None:
    now = [0.0]
    state = MemoryState(max_bytes=10_000, clock=lambda: now[0])
    for i in range(100):
        await state.save(str(i), Conversation(choices={"a": "b" * 1000}))
    assert state._size <= 10_000 and len(state._kept) < 10
    assert (await state.load("99")).choices and not (await state.load("0")).choices
    now[0] += IDLE + 1
    assert not (await state.load("99")).choices and state._size == 0


async def test_redis_that_does_not_answer_is_a_state_error(socket_enabled: Any) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    state = RedisState(f"redis://127.0.0.1:{port}/0")
    with pytest.raises(StateError, match="FAQBOT_REDIS_URL"):
        await state.load("one")
    with pytest.raises(StateError):
        async with state.turn("one"):
            pass
    await state.close()


async def test_with_redis_a_restart_keeps_sessions_history_and_what_has_ended(
    small_faq: Any, monkeypatch: pytest.MonkeyPatch, socket_enabled: Any
) -> None:
    if not redis_is_here():
        pytest.skip("no Redis on 127.0.0.1:6379; start redis-server, or set TEST_REDIS_URL")
    monkeypatch.setenv("FAQBOT_REDIS_URL", REDIS)
    settings.cache_clear()
    async with serving(FakeEngine()) as client:
        one, two = await begin(client), await begin(client)
        first = await say(client, one, "offer", message_id="m")
        await client.delete("/webhooks/web/session", headers=two)
    engine = FakeEngine()
    async with serving(engine) as client:
        assert (await say(client, one, "offer", message_id="m")).json() == first.json() and engine.turns == []
        history = (await client.get("/webhooks/web/history", headers=one)).json()["messages"]
        assert [m["text"] for m in history[1:]] == ["offer", "north 1: offer"]
        assert (await say(client, two, "hi")).json()["error"]["code"] == "ended_session"
        assert (await client.delete("/webhooks/web/session", headers=one)).status_code == 204
