"""Erase a conversation from Rasa's tracker store, which offers no way to do so itself."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa.core.lock_store import LockStore
from rasa.core.tracker_store import (
    AwaitableTrackerStore,
    FailSafeTrackerStore,
    InMemoryTrackerStore,
    RedisTrackerStore,
    SQLTrackerStore,
)
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import FaqbotError

SECONDS = 2.5  # for the stores


class EraseError(FaqbotError):
    """A conversation could not be erased."""


async def erase(agent: Any, conversation: str) -> None:
    """Erase all events of a conversation, and its lock, from the stores of a Rasa agent. Raises EraseError."""

    def everywhere() -> None:
        _erase_from(agent.tracker_store, conversation)
        if isinstance(agent.lock_store, LockStore):
            agent.lock_store.delete_lock(conversation)

    try:
        await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(None, everywhere), SECONDS)
    except (SQLAlchemyError, RedisError, asyncio.TimeoutError) as error:
        raise EraseError(f"the store of the conversations: {type(error).__name__}") from error


def _erase_from(store: Any, conversation: str) -> None:
    if isinstance(store, FailSafeTrackerStore):
        _erase_from(store._tracker_store, conversation)
        _erase_from(store.fallback_tracker_store, conversation)
    elif isinstance(store, AwaitableTrackerStore):  # Rasa's wrapper of a store of one's own
        _erase_from(store._tracker_store, conversation)
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
