"""Logs as JSON: whole objects, hashed conversations, and no canary in any of them."""

from __future__ import annotations

import io
import json
import logging
import os
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import rasa.__main__
import rasa.utils.common
import rasa.utils.io
import structlog

from bot.private_logs import keep_private
from bot.rasa_server import keep_logs
from bot.watch.ids import _key, enter_conversation, hashed, of_conversation
from bot.watch.logs import log_json, stand_in, tell_turn

CANARIES = ("jo.canary@example.org", "(512) 555-0123", "4111 1111 1111 1111", "000-12-3456")
SENDER = "+15125550123"


class Lines:
    """The lines that were logged."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """Logs of this process are JSON, at DEBUG; all is put back."""
    monkeypatch.setenv("FAQBOT_WEB_SECRET", "s" * 40)
    _key.cache_clear()
    enter_conversation("")  # actions that ran before in this process have noted theirs
    root, factory, made = logging.getLogger(), logging.getLogRecordFactory(), Lines()
    handlers, level = root.handlers[:], root.level
    keep_private()
    monkeypatch.setattr("sys.stdout", made.stream)
    log_json("rasa", level=logging.DEBUG)
    yield made
    root.handlers[:], root.level = handlers, level
    logging.setLogRecordFactory(factory)
    logging.captureWarnings(False)
    structlog.reset_defaults()
    _key.cache_clear()


def test_a_plain_record_is_one_object(lines: Lines) -> None:
    logging.getLogger("some.library").warning("two\nlines of %s", "it")
    (line,) = lines.objects
    assert line.pop("timestamp").endswith("Z") and line.pop("pid") == os.getpid()
    assert line == {"level": "warning", "logger": "some.library", "process": "rasa", "event": "two\nlines of it"}


@pytest.mark.parametrize("canary", CANARIES)
def test_no_canary_gets_in_by_a_record_an_argument_or_an_exception(lines: Lines, canary: str) -> None:
    logger = logging.getLogger("some.library")
    logger.debug("got %s from a patient", canary)
    try:
        raise ValueError(f"bad value {canary}")
    except ValueError:
        logger.exception("it failed with %s", canary)
        logger.error("as %s", canary, exc_info=True, stack_info=True, extra={"text": canary})
    assert len(lines.objects) == 3
    assert canary not in lines.text
    assert "ValueError: bad value [" in lines.text


@pytest.mark.parametrize("canary", [*CANARIES, "my name is Jo Canary", "I feel low since spring"])
def test_no_canary_gets_in_by_a_field_of_structlog(lines: Lines, canary: str) -> None:
    """Rasa's own events hold the text, the slots and the like in fields."""
    logger = structlog.get_logger("rasa.core.processor")
    fields = {"text": canary, "slot_values": {"name": canary}, "user_message": canary, "rasa_event": [canary]}
    logger.info("processor.slots.log", **fields)
    try:
        raise ValueError
    except ValueError:
        logger.exception("processor.failed", **fields)
        logger.error("processor.failed", exc_info=True, **fields)
    assert len(lines.objects) == 3
    assert canary not in lines.text
    assert "Traceback" in lines.objects[1]["exception"]


@pytest.mark.parametrize("canary", CANARIES)
def test_an_event_and_an_exception_of_structlog_are_redacted(lines: Lines, canary: str) -> None:
    try:
        raise ValueError(f"bad value {canary}")
    except ValueError as error:
        structlog.get_logger("rasa.x").error(f"got {canary}", exc_info=error, clinic=canary)
    assert canary not in lines.text
    assert "ValueError: bad value [" in lines.objects[0]["exception"]


def test_talkative_debug_stays_out(lines: Lines) -> None:
    structlog.get_logger("rasa.core.processor").debug("processor.message.parse", text="canary")
    logging.getLogger("rasa.core.actions.forms").debug("canary")
    assert lines.text == ""


def test_a_conversation_stands_in_its_lines_as_a_hash(lines: Lines) -> None:
    with of_conversation(SENDER):
        logging.getLogger("x").info("the turn of %s failed", SENDER)
        structlog.get_logger("x").info("of another", sender_id="another")
    logging.getLogger("x").info("afterwards")
    first, second, third = lines.objects
    assert first["conversation"] == hashed(SENDER) and len(hashed(SENDER)) == 16
    assert second["conversation"] == hashed("another") != hashed(SENDER)
    assert "conversation" not in third
    assert SENDER not in lines.text


def test_ids_that_rasa_names_are_hashed_too(lines: Lines) -> None:
    logging.getLogger("rasa.core.lock_store").error("Failed to acquire lock for conversation ID 'jo-canary'.")
    logging.getLogger("rasa.core.x").info("of sender 'jo-canary'")
    assert "canary" not in lines.text
    assert all(hashed("jo-canary") in line["event"] for line in lines.objects)


def test_the_line_of_a_turn_says_nothing_of_its_words(lines: Lines) -> None:
    with of_conversation("c"):
        tell_turn(channel="web", clinic="north", kind="answer", seconds=0.01234)
    line = lines.objects[0]
    del line["timestamp"], line["pid"]
    assert line == {
        "level": "info", "logger": "bot.turns", "process": "rasa", "event": "turn", "conversation": hashed("c"),
        "channel": "web", "clinic": "north", "kind": "answer", "ms": 12.3,
    }  # fmt: skip


def test_hashes_need_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.settings import settings

    seen = set()
    for secret in ("a" * 40, "b" * 40):
        monkeypatch.setenv("FAQBOT_WEB_SECRET", secret)
        settings.cache_clear()
        _key.cache_clear()
        seen.add(hashed("c"))
    _key.cache_clear()
    assert len(seen) == 2 and hashed("") == ""


def test_a_stand_in_for_what_is_no_more_is_an_error() -> None:
    with pytest.raises(AttributeError):
        stand_in(json, "configure_everything", print)


def test_two_turns_that_are_alike_are_two_lines(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rasa's own set-up drops a record that is the same as the one before it."""
    for module, name in (
        (rasa.utils.common, "RepeatedLogFilter"),
        (rasa.utils.io, "configure_colored_logging"),
        (rasa.__main__, "configure_structlog"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name))  # put back after the test
    keep_logs()
    monkeypatch.setenv("LOG_LEVEL", "INFO")
    with warnings.catch_warnings():
        rasa.utils.common.configure_logging_and_warnings()
    for _ in range(2):
        tell_turn(channel="web", clinic="pain-team", kind="consult", seconds=0.125)
    assert len([line for line in lines.objects if line["event"] == "turn"]) == 2
