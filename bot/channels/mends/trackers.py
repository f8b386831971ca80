"""The events that count, and copies of trackers and slots: what Rasa does a dozen times a turn, done in less."""

from __future__ import annotations

import copy
from collections.abc import Callable

from rasa.shared.core.events import (
    ActionReverted,
    ActiveLoop,
    Event,
    Restarted,
    SessionStarted,
    UserUtteranceReverted,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

# What takes back or drops an event before it. Legacy forms are loops by inheritance.
_REWINDING = (Restarted, ActionReverted, UserUtteranceReverted, ActiveLoop)


def applied_events(
    original: Callable[[DialogueStateTracker], list[Event]],
) -> Callable[[DialogueStateTracker], list[Event]]:
    """`DialogueStateTracker.applied_events` with a short way where no event takes back another.

    Then they are all events since the last start of a session. Rasa asks of each event five times what it is, and
    asks anew four times a turn.
    """

    def applied(self: DialogueStateTracker) -> list[Event]:
        kinds = {type(event) for event in self.events}
        if any(issubclass(kind, _REWINDING) for kind in kinds):
            return original(self)
        events = list(self.events)
        if SessionStarted not in kinds:
            return events
        last = max(i for i, event in enumerate(events) if type(event) is SessionStarted)
        return events[last + 1 :]

    return applied


def copied(self: DialogueStateTracker) -> DialogueStateTracker:
    """As `DialogueStateTracker.copy`, which replays the whole conversation; here its present state is taken over.

    They share what nothing changes in place: events, and the values of slots.
    """
    made: DialogueStateTracker = self.__class__.__new__(self.__class__)
    made.__dict__.update(self.__dict__)
    made.events = copy.copy(self.events)
    made.slots = copy.copy(self.slots)
    for name, slot in made.slots.items():
        made.slots[name] = copy_slot(slot)
    made.active_loop = copy.copy(self.active_loop)
    return made


def copy_slot(self: Slot) -> Slot:
    """What `copy.copy` makes of a slot, without its search for how: a tracker has dozens, and is copied often."""
    copied: Slot = self.__class__.__new__(self.__class__)
    copied.__dict__.update(self.__dict__)
    return copied
