"""The class of an event by the name of its type."""

from __future__ import annotations

from functools import cache

import rasa.shared.utils.common
from rasa.shared.core.events import Event


def resolve_by_type(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    """As `Event.resolve_by_type`, which walks all classes of events anew for each event of a stored conversation.

    Raises ValueError for an unknown name without a default.
    """
    found = _classes().get(type_name)
    if found is not None:
        return found
    if type_name == "topic":
        return None
    if default is not None:
        return default
    raise ValueError(f"Unknown event name '{type_name}'.")


@cache
def _classes() -> dict[str, type[Event]]:
    classes: dict[str, type[Event]] = {}
    for found in rasa.shared.utils.common.all_subclasses(Event):
        classes.setdefault(found.type_name, found)  # the first one, as Rasa has it
    return classes
