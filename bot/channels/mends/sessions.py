"""A long conversation begins anew now and then, so that a turn costs the same however long it gets.

Rasa reads, copies and replays all events since the last start of a session several times a turn. Its own way to end
a session is silence; here one ends after MOST messages too. The new one takes over what the conversation has come
to: the slots, a form that is on, the last messages, and every kind of danger. The patient notices nothing. In a
database the older events stay; what is taken over stands there twice, marked AGAIN.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

MOST = 16  # messages in a session
KEPT = 10  # messages that the next one begins with; the consult form shows staff as many
WHOLE = 2  # of these, with all that followed them: what the actions look at
AGAIN = "again"  # in the metadata of an event that is taken over: when it happened
SAFETY = "safety"


def continued(tracker: DialogueStateTracker) -> list[Event]:
    """The events that begin the next session, none where the present one may go on."""
    events = _of_session(tracker)
    said = [i for i, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(said) < MOST:
        return []
    cut = said[-WHOLE]
    before = tracker.init_copy()
    for event in events[:cut]:
        before.update(event)
    return [
        ActionExecuted(ACTION_SESSION_START_NAME),
        SessionStarted(),
        *_slots(before),
        *_heard(events[:cut]),
        ActionExecuted(ACTION_LISTEN_NAME),
        *(_again(event) for event in events[cut:]),
    ]


def _slots(tracker: DialogueStateTracker) -> list[Event]:
    return [SlotSet(name, slot.value) for name, slot in tracker.slots.items() if slot.value != slot.initial_value]


def _of_session(tracker: DialogueStateTracker) -> list[Event]:
    """The events since the session began; `applied_events` would leave out what a form has heard."""
    events = list(tracker.events)
    starts = [i for i, event in enumerate(events) if isinstance(event, SessionStarted)]
    return events[starts[-1] :] if starts else events


def _heard(events: Sequence[Event]) -> list[Event]:
    """The messages to keep: the last ones, and the last in each kind of danger, as staff are told of those.

    Where a form began or ended between them stands there too: what is said to a form is no question.
    """
    said = [event for event in events if isinstance(event, UserUttered)]
    in_danger = {_danger(event): event for event in said if _danger(event)}
    kept = {id(event) for event in (*said[-(KEPT - WHOLE) :], *in_danger.values())}
    found: list[Event] = []
    for event in events:
        if isinstance(event, ActiveLoop):
            found.append(_again(event))
        elif id(event) in kept:
            found += [ActionExecuted(ACTION_LISTEN_NAME), _again(event)]
    return found


def _danger(event: UserUttered) -> str:
    """The kind of danger that the screen found, "" for none."""
    verdict: dict[str, Any] = event.parse_data.get(SAFETY) or {}
    kind = str(verdict.get("danger", "none"))
    return "" if kind == "none" else kind


def _again(event: Event) -> Event:
    """A copy with a time of its own (a session begins at a time, and Rasa reads what is not older)."""
    copied = Event.from_parameters({**event.as_dict(), "timestamp": None})
    assert copied is not None  # every event comes back from its own parameters
    copied.metadata = {AGAIN: event.timestamp, **copied.metadata}
    return copied
