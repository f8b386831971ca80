"""Erase a conversation from Rasa's tracker store, which offers no way to do so itself."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from typing import Any

from rasa.core.lock_store import LockError, LockStore
from rasa.core.tracker_store import (
    AwaitableTrackerStore,
    FailSafeTrackerStore,
    InMemoryTrackerStore,
    RedisTrackerStore,
    SQLTrackerStore,
)
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.memory_trackers import MemoryTrackers
from bot.errors import FaqbotError

SECONDS = 2.5  # for a turn that still runs, and the stores
LOOK_SECONDS = 0.1  # between looks whether the turn has ended


class EraseError(FaqbotError):
    """A conversation could not be erased."""


async def erase(agent: Any, conversation: str) -> None:
    """Erase all events of a conversation, and its lock, from the stores of a Rasa agent. Raises EraseError.

    A turn that still runs, in whichever worker, is waited for: at its end it would write the conversation anew.
    """
    try:
        await asyncio.wait_for(_erased(agent, conversation), SECONDS)
    except asyncio.TimeoutError as error:
        raise EraseError(f"not within {SECONDS} s: a turn still runs, or the store does not answer") from error
    except (LockError, SQLAlchemyError, RedisError) as error:
        raise EraseError(f"the store of the conversations: {type(error).__name__}") from error


async def _erased(agent: Any, conversation: str) -> None:
    locks = agent.lock_store
    alone = locks.lock(conversation, wait_time_in_seconds=LOOK_SECONDS) if isinstance(locks, LockStore) else None
    async with alone or nullcontext():  # Rasa drops a lock that nobody waits for
        await asyncio.get_running_loop().run_in_executor(None, _erase_from, agent.tracker_store, conversation)


def _erase_from(store: Any, conversation: str) -> None:
    if isinstance(store, FailSafeTrackerStore):
        _erase_from(store._tracker_store, conversation)
        _erase_from(store.fallback_tracker_store, conversation)
    elif isinstance(store, AwaitableTrackerStore):  # Rasa's wrapper of a store of one's own
        _erase_from(store._tracker_store, conversation)
    elif isinstance(store, MemoryTrackers):
        store.forget(conversation)
    elif isinstance(store, InMemoryTrackerStore):
        store.store.pop(conversation, None)
    elif isinstance(store, SQLTrackerStore):
        with store.session_scope() as session:
            session.query(store.SQLEvent).filter(store.SQLEvent.sender_id == conversation).delete()
            session.commit()
    elif isinstance(store, RedisTrackerStore):
        store.red.delete(store.key_prefix + conversation)
    else:
        raise EraseError(f"cannot erase from a {type(store).__name__}; use the SQL or Redis tracker store")
