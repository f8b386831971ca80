"""A conversation is erased from each kind of tracker store, and no other with it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
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

from bot.channels.erase import EraseError, erase

pytestmark = pytest.mark.integration


def stores(folder: Path) -> list[Any]:
    """The stores."""
    domain = Domain.empty()
    return [
        InMemoryTrackerStore(domain),
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
