"""What Rasa prepares for debug messages, left out while those are off."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

logger = logging.getLogger("rasa.core.processor")


def _copied(value: Any) -> Any:
    return copy.deepcopy(value) if logger.isEnabledFor(logging.DEBUG) else value


# For the name `copy` in rasa.core.processor, which copies all events of a turn for its debug messages, and nothing else
COPIES = SimpleNamespace(deepcopy=_copied)


def log_slots(original: Callable[[Any], None]) -> Callable[[Any], None]:
    """`MessageProcessor._log_slots`, which puts all slots into words three times a turn."""

    def log(tracker: Any) -> None:
        if logger.isEnabledFor(logging.DEBUG):
            original(tracker)

    return log
