"""What is sent to the action server: the vector of the message, so that it is made once, and short events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rasa.core.actions.action import RemoteAction

from bot.reading import packed_vector
from bot.watch.record import TRACE, watch

READ = ("intent", "safety")  # of the parse result of an earlier message: what the actions look at
VECTOR = "vector"  # beside the parse result of the latest message; in no event, so that nothing keeps it


def with_vector(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """`RemoteAction._action_call_format` with the vector of the latest message, where it is at hand.

    Of an earlier message's parse result, most of which is the ranking of its intents, only READ goes along.
    """

    def action_call_format(self: RemoteAction, tracker: Any, domain: Any) -> dict[str, Any]:
        call = original(self, tracker, domain)
        for event in call["tracker"]["events"]:
            if event.get("parse_data"):
                event["parse_data"] = {name: event["parse_data"][name] for name in READ if name in event["parse_data"]}
        message = call["tracker"].get("latest_message")
        packed = packed_vector(str(message.get("text") or "")) if message else None
        if packed:
            message[VECTOR] = packed  # `current_state` has made a copy: the tracker keeps none of it
        if message and watch.traces:
            message[TRACE] = watch.traces.carry()
        return call

    return action_call_format
