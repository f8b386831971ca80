"""Logs as JSON, one object a line, with a closed set of fields (FAQBOT_LOG_FORMAT=json).

`bot.private_logs` has redacted a plain record before it comes here; what structlog brings (Rasa's own events with
texts and slots among their fields) is cut down to the fields below, and redacted here.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from bot.private_logs import MAX_LENGTH
from bot.safety.personal import redact
from bot.watch.ids import current, hashed, without_ids

# Fields of an event that go into a line besides time, level, logger, process and conversation. All are ours.
FIELDS = ("channel", "clinic", "kind", "ms")
IDS = ("conversation", "conversation_id", "sender_id", "sender")  # of these the hash
_EXCEPTIONS = logging.Formatter()


def log_json(process: str, *, level: int = logging.INFO) -> None:
    """All logs of this process as JSON on standard output, whatever wrote them; what was set up before is replaced."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter(process))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(True)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # tells of each start that there was nothing to do
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,  # Rasa configures structlog too: the last word is ours
    )


def formatter(process: str) -> structlog.stdlib.ProcessorFormatter:
    """Makes a line of a record."""
    return structlog.stdlib.ProcessorFormatter(
        processors=[_Closed(process), structlog.processors.JSONRenderer(ensure_ascii=False)]
    )


def tell_turn(*, channel: str, clinic: str, kind: str, seconds: float | None) -> None:
    """The line of a turn. It says nothing of what was written or answered."""
    ms = None if seconds is None else round(seconds * 1000, 1)
    structlog.get_logger("bot.turns").info("turn", channel=channel, clinic=clinic, kind=kind, ms=ms)


def stand_in(module: Any, name: str, by: Callable[..., Any]) -> None:
    """Put a function in the place of a module's own; fails where the module has none of that name."""
    getattr(module, name)
    setattr(module, name, by)


class _Closed:
    """Leaves of an event what may stand in a log."""

    def __init__(self, process: str) -> None:
        self._process = process
        self._time = structlog.processors.TimeStamper(fmt="iso", utc=True)

    def __call__(self, logger: Any, method: str, event: Mapping[str, Any]) -> dict[str, Any]:
        record: logging.LogRecord = event["_record"]
        line: dict[str, Any] = {
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": self._process,
            "pid": os.getpid(),  # which of several workers
            "event": _clean(event.get("event")),
        }
        named = next((str(event[name]) for name in IDS if event.get(name)), "")
        conversation = hashed(named) or current()
        if conversation:
            line["conversation"] = conversation
        line |= {name: _plain(event[name]) for name in FIELDS if event.get(name) is not None}
        info = _raised(event.get("exc_info"))
        if info:
            line["exception"] = _clean(_EXCEPTIONS.formatException(info))
        return dict(self._time(logger, method, line))


def _clean(text: Any) -> str:
    return without_ids(redact(str(text)[:MAX_LENGTH]))


def _plain(value: Any) -> str | int | float:
    return value if isinstance(value, (int, float)) else _clean(value)


def _raised(info: Any) -> Any:
    """What `exc_info` of an event says, in logging's form; None for nothing."""
    if isinstance(info, BaseException):
        return type(info), info, info.__traceback__
    if isinstance(info, tuple):
        return info if info[0] is not None else None
    return sys.exc_info() if info and sys.exc_info()[0] is not None else None
