"""Rasa's own code mended where it costs too much. Each mend has a test that fails when upstream changes."""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Draft7Validator, ValidationError
from rasa.core.actions.action import RemoteAction


def mend_rasa() -> None:
    """Check an action server's reply with a validator that is built once.

    `RemoteAction._validate_action_result` (Rasa 3.6.21) calls `jsonschema.validate`, which checks its own
    constant schema against the meta-schema at every action: 22 ms of a turn. Same schema, same errors.
    """
    RemoteAction._validate_action_result = _validate_action_result


@cache
def _validator() -> Draft7Validator:
    return Draft7Validator(RemoteAction.action_response_format_spec())


def _validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
    for error in _validator().iter_errors(result):
        raise ValidationError(f"the action server's reply has the wrong form: {error.message}")
    return True
