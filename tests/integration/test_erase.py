"""A conversation is erased from each kind of tracker store, and no other with it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.tracker_store import (
    AwaitableTrackerStore,
    FailSafeTrackerStore,
    InMemoryTrackerStore,
    SQLTrackerStore,
    TrackerStore,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from sanic import Blueprint

from bot.channels import erase as erasing
from bot.channels.erase import EraseError, erase
from bot.channels.memory_trackers import MemoryTrackers
from bot.channels.sms import webhook
from bot.channels.turn import run_turn

pytestmark = pytest.mark.integration


def stores(folder: Path) -> list[Any]:
    """The stores."""
    domain = Domain.empty()
    return [
        InMemoryTrackerStore(domain),
        MemoryTrackers(domain=domain),
        SQLTrackerStore(domain, db=str(folder / "a.db")),
        AwaitableTrackerStore(InMemoryTrackerStore(domain)),
        FailSafeTrackerStore(SQLTrackerStore(domain, db=str(folder / "b.db"))),
    ]


async def test_a_conversation_is_erased_and_no_other(tmp_path: Path) -> None:
    for store in stores(tmp_path):
        locks = InMemoryLockStore()
        for conversation in ("one", "two"):
            tracker = await store.get_or_create_tracker(conversation)
            tracker.update(UserUttered("a secret"))
            await store.save(tracker)
            locks.save_lock(locks.create_lock(conversation))
        await erase(SimpleNamespace(tracker_store=store, lock_store=locks), "one")
        assert await store.retrieve("one") is None, store
        kept = await store.retrieve("two")
        assert kept is not None and [e.text for e in kept.events if isinstance(e, UserUttered)] == ["a secret"]
        assert locks.get_lock("one") is None and locks.get_lock("two") is not None


async def test_a_store_that_cannot_be_erased_from_is_an_error_not_a_silence() -> None:
    store = TrackerStore(Domain.empty())
    with pytest.raises(EraseError, match="use the SQL or Redis"):
        await erase(SimpleNamespace(tracker_store=store, lock_store=None), "one")


class SlowAgent:
    """As Rasa's agent: under the conversation's lock, saved at the turn's end. Its actions take `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.tracker_store: Any = InMemoryTrackerStore(Domain.empty())
        self.lock_store = InMemoryLockStore()
        self._seconds = seconds
        self.ended = asyncio.Event()

    async def handle_message(self, message: UserMessage) -> None:
        async with self.lock_store.lock(message.sender_id):
            tracker = await self.tracker_store.get_or_create_tracker(message.sender_id)
            tracker.update(UserUttered(message.text))
            await asyncio.sleep(self._seconds)
            await self.tracker_store.save(tracker)
        self.ended.set()


async def test_a_turn_that_is_late_does_not_bring_an_erased_conversation_back() -> None:
    agent = SlowAgent(1.5)
    said = {"text": "i want to die", "conversation": "one", "channel": "web", "clinic": "pain-team"}
    reply = await run_turn(agent.handle_message, **said)
    assert reply.kind == "crisis" and not agent.ended.is_set()
    await erase(agent, "one")
    await asyncio.wait_for(agent.ended.wait(), 5)
    assert await agent.tracker_store.retrieve("one") is None
    assert agent.lock_store.get_lock("one") is None


async def test_a_turn_that_does_not_end_is_an_error_and_the_next_try_erases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "SECONDS", 0.2)
    agent = SlowAgent(0.6)
    turn = asyncio.ensure_future(agent.handle_message(UserMessage("a secret", sender_id="one")))
    await asyncio.sleep(0)
    with pytest.raises(EraseError, match="still runs"):
        await erase(agent, "one")
    await turn
    await erase(agent, "one")
    assert await agent.tracker_store.retrieve("one") is None


async def test_sms_erases_in_the_same_way_and_says_where_it_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    wired: dict[str, Any] = {}

    def wire(*_: Any, **parts: Any) -> Any:
        wired.update(parts)
        return SimpleNamespace(blueprint=lambda: Blueprint("sms"))

    monkeypatch.setattr(webhook, "wire", wire)
    monkeypatch.setattr(webhook, "sms_config", lambda _: SimpleNamespace())
    agent = SlowAgent(0)
    blueprint = webhook.SmsInput().blueprint(agent.handle_message)
    with pytest.raises(EraseError, match="no model"):
        await wired["forget"]("one")
    for future in blueprint._future_listeners:
        await future.listener(SimpleNamespace(ctx=SimpleNamespace(agent=agent)), None)
    agent.tracker_store = AwaitableTrackerStore(agent.tracker_store)
    await agent.handle_message(UserMessage("a secret", sender_id="one"))
    await wired["forget"]("one")
    assert await agent.tracker_store.retrieve("one") is None
