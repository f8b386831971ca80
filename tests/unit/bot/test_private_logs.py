"""What Rasa would write at DEBUG stays out of the logs."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from bot.private_logs import TALKATIVE, keep_private


@pytest.fixture(autouse=True)
def levels() -> Iterator[None]:
    """The levels are put back."""
    before = {name: logging.getLogger(name).level for name in TALKATIVE}
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.parametrize("name", ["rasa.core.processor", "rasa.core.actions.forms", "rasa_sdk.executor"])
def test_no_debug_of_what_patients_write(name: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, logger="rasa"):
        keep_private()
        logging.getLogger(name).debug("canary")
        logging.getLogger(name).info("started")
    assert "canary" not in caplog.text and "started" in caplog.text


CANARIES = ("jo.canary@example.org", "(512) 555-0123", "4111 1111 1111 1111", "000-12-3456")


@pytest.fixture
def records(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    before = logging.getLogRecordFactory()
    keep_private()
    keep_private()  # a second call wraps nothing twice
    caplog.set_level(logging.DEBUG)
    yield caplog
    logging.setLogRecordFactory(before)


@pytest.mark.parametrize("canary", CANARIES)
def test_a_canary_is_blacked_out_of_every_record(records: pytest.LogCaptureFixture, canary: str) -> None:
    logger = logging.getLogger("some.library")
    logger.debug("got %s from a patient", canary)
    try:
        raise ValueError(f"bad value {canary}")
    except ValueError:
        logger.exception("it failed with %s", canary)
    assert canary not in records.text
    assert "got [" in records.text
    assert "ValueError: bad value [" in records.text


def test_plain_words_are_told_as_they_are(records: pytest.LogCaptureFixture) -> None:
    logging.getLogger("some.library").info("plain words")
    assert records.messages == ["plain words"]


@pytest.mark.parametrize(("words", "argument"), [("no place for it", "x"), ("%d of them", "x"), ("%(name)s", "x")])
def test_a_record_with_broken_arguments_is_told_without_them_and_ends_no_turn(
    records: pytest.LogCaptureFixture, words: str, argument: str
) -> None:
    logging.getLogger("some.library").info(words, argument)
    assert records.messages == [words]


def test_an_error_that_is_logged_as_it_is_is_redacted_too(records: pytest.LogCaptureFixture) -> None:
    logging.getLogger("some.library").error(ValueError(f"bad value {CANARIES[0]}"))
    assert records.messages[0].startswith("bad value [") and CANARIES[0] not in records.text
