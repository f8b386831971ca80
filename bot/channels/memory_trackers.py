"""Conversations in the memory of this process, each as its tracker stands: nothing is written out and read again."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.events import SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker, TrackerEventDiffEngine

from bot.channels.mends.trackers import copied

MOST = 10_000  # conversations


class MemoryTrackers(InMemoryTrackerStore):
    """Rasa's store in memory, as `endpoints.yml` names it by this class's path.

    Rasa's keeps each conversation as JSON, all of its sessions: a turn reads and writes all that was ever said. Here
    only the session that is on is kept. Beyond MOST conversations the one that was longest silent is forgotten.
    """

    def __init__(self, *, host: Any = None, domain: Any = None, event_broker: Any = None, **kwargs: Any) -> None:
        """`host` is an endpoint's `url`; there is none."""
        super().__init__(domain, event_broker, **kwargs)
        self.store: OrderedDict[str, DialogueStateTracker] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """See TrackerStore."""
        await self.stream_events(tracker)
        self.store[tracker.sender_id] = self._session(tracker)
        self.store.move_to_end(tracker.sender_id)
        while len(self.store) > MOST:
            self.store.popitem(last=False)

    async def stream_events(self, tracker: DialogueStateTracker) -> None:
        """Tell the event broker, where there is one, what came since the conversation was saved."""
        if self.event_broker is not None:
            new = TrackerEventDiffEngine.event_difference(self.store.get(tracker.sender_id), tracker)
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)

    async def _retrieve(self, sender_id: str, fetch_all_sessions: bool) -> DialogueStateTracker | None:
        kept = self.store.get(sender_id)
        return None if kept is None else copied(kept)

    def _session(self, tracker: DialogueStateTracker) -> DialogueStateTracker:
        """The tracker of the session that is on: a copy, or what its events come to where there was one before it."""
        events = list(tracker.events)
        starts = [i for i, event in enumerate(events) if isinstance(event, SessionStarted)]
        if not starts or starts[-1] == 0:
            return copied(tracker)
        made = self.init_tracker(tracker.sender_id)
        for event in events[starts[-1] :]:
            made.update(event)
        return made
