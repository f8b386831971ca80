"""What is sent to the action server: the vector of the message, so that it is made once, and short events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rasa.core.actions.action import RemoteAction

from bot.reading import packed_vector
from bot.watch.record import TRACE, watch

READ = ("intent", "safety")  # of the parse result of an earlier message: what the actions look at
WHOLE = 2  # messages with all that followed them; of what was before, the actions look at messages and forms alone
KEPT = frozenset({"user", "active_loop"})
VECTOR = "vector"  # beside the parse result of the latest message; in no event, so that nothing keeps it


def with_vector(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """`RemoteAction._action_call_format` with the vector of the latest message, where it is at hand.

    Of the conversation goes along what the actions look at (two thirds are left out): of an earlier message READ, of
    what is longer ago KEPT, and no buttons.
    """

    def action_call_format(self: RemoteAction, tracker: Any, domain: Any) -> dict[str, Any]:
        call = original(self, tracker, domain)
        call["tracker"]["events"] = _looked_at(call["tracker"]["events"])
        message = call["tracker"].get("latest_message")
        packed = packed_vector(str(message.get("text") or "")) if message else None
        if packed:
            message[VECTOR] = packed  # `current_state` has made a copy: the tracker keeps none of it
        if message and watch.traces:
            message[TRACE] = watch.traces.carry()
        return call

    return action_call_format


def _looked_at(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of a conversation's events (copies, which are changed) those that the actions look at."""
    said = [i for i, event in enumerate(events) if event.get("event") == "user"]
    whole_from = said[-WHOLE] if len(said) > WHOLE else 0
    kept = [event for i, event in enumerate(events) if i >= whole_from or event.get("event") in KEPT]
    for event in kept:
        if event.get("parse_data"):
            event["parse_data"] = {name: event["parse_data"][name] for name in READ if name in event["parse_data"]}
        elif event.get("event") == "bot":
            event["data"] = {"custom": (event.get("data") or {}).get("custom")}
    return kept
