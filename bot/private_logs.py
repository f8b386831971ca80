"""Keeps what patients write out of the logs.

At DEBUG, Rasa writes every text and every slot into its log: those loggers are held at INFO. Whatever else is
logged, a traceback too, is redacted by patterns before any handler sees it.
"""

from __future__ import annotations

import logging
from typing import Any

from bot.safety.personal import redact

TALKATIVE = ("rasa.core", "rasa.shared", "rasa.nlu", "rasa.engine", "rasa.utils", "rasa_sdk")
MAX_LENGTH = 20_000  # of a record that is looked through; what is longer is cut


def keep_private() -> None:
    """The talkative loggers stay at INFO, whatever `--debug` and LOG_LEVEL ask for; every record is redacted."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.INFO)
    factory = logging.getLogRecordFactory()
    if not getattr(factory, "redacts", False):
        logging.setLogRecordFactory(_Redacting(factory))


class _Redacting:
    """A factory of log records whose words and tracebacks are redacted."""

    redacts = True

    def __init__(self, factory: Any) -> None:
        self._factory = factory
        self._formatter = logging.Formatter()

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record: logging.LogRecord = self._factory(*args, **kwargs)
        if not isinstance(record.msg, dict):  # that of structlog is written by its own formatter
            record.msg, record.args = redact(_words(record)[:MAX_LENGTH]), None
        if record.exc_info and not record.exc_text:
            record.exc_text = redact(self._formatter.formatException(record.exc_info)[:MAX_LENGTH])
        return record


def _words(record: logging.LogRecord) -> str:
    """What a record says; without its arguments where they do not fit, as no log line may end a turn."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return str(record.msg)
