"""Conversations in the memory of this process: those of now as their trackers stand, the silent ones as JSON."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.events import SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker, TrackerEventDiffEngine

from bot.channels.mends.trackers import copied

AWAKE = 200  # conversations of 60 to 120 kB each
MOST = 20_000  # with the silent ones, of some 15 kB


class MemoryTrackers(InMemoryTrackerStore):
    """Rasa's store in memory, as `endpoints.yml` names it by this class's path.

    Rasa's keeps each conversation as JSON, all of its sessions: a turn reads and writes all that was ever said. Here
    only the session that is on is kept, and it is written out when AWAKE others have spoken since. Beyond MOST the
    conversation that was longest silent is forgotten.
    """

    store: OrderedDict[str, str]  # the silent ones

    def __init__(self, *, host: Any = None, domain: Any = None, event_broker: Any = None, **kwargs: Any) -> None:
        """`host` is an endpoint's `url`; there is none."""
        super().__init__(domain, event_broker, **kwargs)
        self.store = OrderedDict()
        self._awake: OrderedDict[str, DialogueStateTracker] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """See TrackerStore."""
        await self.stream_events(tracker)
        self.forget(tracker.sender_id)
        self._awake[tracker.sender_id] = self._session(tracker)
        while len(self._awake) > AWAKE:
            sender, silent = self._awake.popitem(last=False)
            self.store[sender] = self.serialise_tracker(silent)
        while len(self.store) > MOST - AWAKE:
            self.store.popitem(last=False)

    async def stream_events(self, tracker: DialogueStateTracker) -> None:
        """Tell the event broker, where there is one, what came since the conversation was saved."""
        if self.event_broker is not None:
            new = TrackerEventDiffEngine.event_difference(self._kept(tracker.sender_id), tracker)
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)

    async def keys(self) -> list[str]:
        """See TrackerStore; the longest silent first."""
        return [*self.store, *self._awake]

    def forget(self, sender_id: str) -> None:
        """Erase a conversation."""
        self.store.pop(sender_id, None)
        self._awake.pop(sender_id, None)

    async def _retrieve(self, sender_id: str, fetch_all_sessions: bool) -> DialogueStateTracker | None:
        return self._kept(sender_id)

    def _kept(self, sender_id: str) -> DialogueStateTracker | None:
        if sender_id in self._awake:
            return copied(self._awake[sender_id])
        silent = self.store.get(sender_id)
        return self.deserialise_tracker(sender_id, silent) if silent else None

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
