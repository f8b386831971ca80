"""A turn that fails or is given up leaves nothing in the conversation; in danger the message is kept."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest

from bot.build import newest_model
from bot.settings import settings

pytestmark = [pytest.mark.integration, pytest.mark.filterwarnings("ignore")]  # Rasa warns of its own doings


@pytest.fixture(scope="module")
def agent() -> Any:
    """The trained model, loaded as a server loads it."""
    from rasa.core.agent import Agent

    from bot.channels.upstream import mend_rasa

    mend_rasa()
    return Agent.load(str(newest_model(settings())))


@pytest.fixture(params=["refuses", "hangs up", "hangs"])
async def broken(request: pytest.FixtureRequest, agent: Any, socket_enabled: Any) -> AsyncIterator[Any]:
    """The agent with an action server that does not work, in each way."""
    from rasa.utils.endpoints import EndpointConfig

    over = asyncio.Event()
    serving: list[asyncio.Task[Any] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.current_task())
        if request.param == "hangs":
            await over.wait()
        writer.close()
        await writer.wait_closed()

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = None if request.param == "refuses" else await asyncio.start_server(serve, "127.0.0.1", port)
    endpoint = EndpointConfig(f"http://127.0.0.1:{port}/webhook")
    before, agent.processor.action_endpoint = agent.processor.action_endpoint, endpoint
    yield agent
    agent.processor.action_endpoint = before
    async with endpoint.session() as kept:
        await kept.close()
    over.set()
    await asyncio.gather(*(task for task in serving if task), return_exceptions=True)
    if server:
        server.close()
        await server.wait_closed()


async def say(agent: Any, text: str, conversation: str) -> Any:
    """One turn."""
    from bot.channels.turn import run_turn

    return await run_turn(agent.handle_message, text=text, conversation=conversation, channel="web", clinic="pain-team")


async def heard(agent: Any, conversation: str) -> list[str]:
    """What the patient has said, as the next turn sees it."""
    from rasa.shared.core.events import UserUttered

    tracker = await agent.tracker_store.retrieve(conversation)
    return [e.text for e in tracker.events if isinstance(e, UserUttered)] if tracker else []


async def test_a_lost_turn_is_answered_in_time_and_leaves_nothing(broken: Any, request: Any) -> None:
    conversation = request.node.name
    began = time.monotonic()
    reply = await say(broken, "how much is it?", conversation)
    assert reply.kind == "error" and "911" in reply.messages[0]["text"]
    assert time.monotonic() - began < 3
    assert await heard(broken, conversation) == []
    assert broken.lock_store.get_lock(conversation) is None


async def test_a_message_in_danger_is_kept_where_the_action_server_fails(broken: Any, request: Any) -> None:
    conversation = request.node.name
    reply = await say(broken, "i want to die", conversation)
    assert reply.kind == "crisis"
    assert await heard(broken, conversation) == ["i want to die"]


async def test_a_turn_that_is_cancelled_leaves_nothing(broken: Any, request: Any) -> None:
    conversation = request.node.name
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(say(broken, "how much is it?", conversation), 0.3)
    assert await heard(broken, conversation) == []
