"""Conversations in an SQL database: off the event loop, within a time limit, and never half remembered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channels.lost import TurnLostError

logger = logging.getLogger(__name__)

SECONDS = 2.0  # for the database; a patient hears within 3 s that all is out of order
THREADS = 8
POSTGRESQL = {"connect_timeout": 2, "options": "-c statement_timeout=2000", "tcp_user_timeout": 3000}

T = TypeVar("T")


class SqlTrackers(SQLTrackerStore):
    """Rasa's SQL tracker store, as `endpoints.yml` names it by this class's path.

    Rasa works with the database on the event loop, where one that hangs stops every conversation, and where it fails
    the conversation goes on as a new one with a log line. Here the turn ends: it has never been (TurnLostError).
    """

    def __init__(self, *, host: str, domain: Any = None, event_broker: Any = None, **kwargs: Any) -> None:
        """`host` is an SQLAlchemy address, as Rasa hands over an endpoint's `url`."""
        super().__init__(domain=domain, host=host, event_broker=event_broker, **kwargs)
        self.engine: Any = _engine(host)
        self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="trackers")

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """See TrackerStore."""
        return await self._off_loop(lambda: super(SqlTrackers, self).retrieve(sender_id))

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """See TrackerStore."""
        return await self._off_loop(lambda: super(SqlTrackers, self).retrieve_full_tracker(conversation_id))

    async def save(self, tracker: DialogueStateTracker) -> None:
        """See TrackerStore. Who listens to events hears of those that are stored alone."""
        new = await self._off_loop(lambda: self._saved(tracker))
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)

    async def stream_events(self, tracker: DialogueStateTracker) -> None:
        """Nothing: `save` does so when it has stored them."""

    async def _saved(self, tracker: DialogueStateTracker) -> list[Any]:
        """Store what is new, and return it."""
        new: list[Any] = []
        if self.event_broker is not None:
            with self.session_scope() as session:
                new = list(self._additional_events(session, tracker))
        await super().save(tracker)
        return new

    def _event_query(self, session: Any, sender_id: str, fetch_events_from_all_sessions: bool) -> Any:
        """As in Rasa, with the last session found by the order of events: a clock may have been set back."""
        event = self.SQLEvent
        query = session.query(event).filter(event.sender_id == sender_id)
        if not fetch_events_from_all_sessions:
            begins = sa.select(sa.func.max(event.id)).where(
                event.sender_id == sender_id, event.type_name == SessionStarted.type_name
            )
            query = query.filter(event.id >= sa.func.coalesce(begins.scalar_subquery(), 0))
        return query.order_by(event.id)

    async def _off_loop(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await asyncio.wait_for(loop.run_in_executor(self._threads, _run, work), SECONDS)
        except (sa.exc.SQLAlchemyError, asyncio.TimeoutError) as error:
            logger.error("the database of the conversations: %s; check FAQBOT_TRACKER_URL", type(error).__name__)
            raise TurnLostError("the database of the conversations does not answer") from error


def _run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """The end of a coroutine that waits for nothing: Rasa's methods are async in name."""
    try:
        work().send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise RuntimeError("Rasa's SQL tracker store has begun to wait for something: read it again")


def _engine(url: str) -> Any:
    """An engine whose connections are tried before use, as a database that was restarted has dropped them."""
    if sa.engine.make_url(url).get_backend_name() != "postgresql":
        return sa.create_engine(url, connect_args={"timeout": SECONDS})
    return sa.create_engine(
        url, pool_pre_ping=True, pool_size=THREADS, max_overflow=0, pool_timeout=SECONDS, connect_args=POSTGRESQL
    )
