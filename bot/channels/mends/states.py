"""What the policies see of a conversation, each step of it put into words once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import ActionExecuted, Event
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channels.mends.trackers import copied

_SEEN = "_faqbot_states"


@dataclass(frozen=True)
class _Seen:
    """The states before each action of a conversation so far, and the tracker that has come so far. Never changed."""

    domain: Domain
    events: list[Event]
    states: list[State]
    tracker: DialogueStateTracker


def states_for_tracker_history(original: Callable[..., list[State]]) -> Callable[..., list[State]]:
    """`Domain.states_for_tracker_history`, which replays the whole conversation each time: several times a turn.

    What was replayed is kept with the tracker and its copies; only what came since then is replayed. A conversation
    that has lost or changed an event since is replayed whole.
    """

    def states(self: Domain, tracker: DialogueStateTracker, omit_unset_slots: bool = False, **more: Any) -> list[State]:
        if omit_unset_slots or more.get("ignore_rule_only_turns"):  # for policies that learn: none is here
            return original(self, tracker, omit_unset_slots, **more)
        seen = _gone_on(self, tracker)
        tracker.__dict__[_SEEN] = seen
        return [_own(state) for state in (*seen.states, self.get_active_state(seen.tracker))]

    return states


def _gone_on(domain: Domain, tracker: DialogueStateTracker) -> _Seen:
    events = tracker.applied_events()
    seen: _Seen | None = tracker.__dict__.get(_SEEN)
    if seen is None or seen.domain is not domain or not _begins(events, seen.events):
        seen = _Seen(domain, [], [], tracker.init_copy())
    if len(events) == len(seen.events):
        return seen
    at, states = copied(seen.tracker), list(seen.states)
    for event in events[len(seen.events) :]:
        if isinstance(event, ActionExecuted):
            states.append(domain.get_active_state(at))
        at.update(event)
    return _Seen(domain, events, states, at)


def _begins(events: list[Event], beginning: list[Event]) -> bool:
    return len(events) >= len(beginning) and all(a is b for a, b in zip(events, beginning, strict=False))


def _own(state: State) -> State:
    """A copy whose parts may be changed, as Rasa does."""
    return {name: dict(part) for name, part in state.items()}
