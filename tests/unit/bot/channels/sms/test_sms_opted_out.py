"""An opt-out erases its conversation: behind the turns before it, again where it fails, and no reply waits for it.

And the look for turns that nobody works on, which goes on whatever happens.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.channels.sms import opted_out
from bot.channels.sms import service as sms_service
from bot.channels.sms.config import SmsConfig, Texted
from bot.channels.sms.incoming import Incoming
from bot.channels.sms.ledger import Ledger
from bot.channels.sms.privacy import Keys
from bot.channels.sms.service import Service
from bot.channels.sms.turns import Said, Turns
from bot.errors import FaqbotError

NUMBER, PATIENT = "+15555550100", "+15555550123"
ENDS = "please stop texting me"


class Engine:
    """Answers after `seconds`, and writes down what happens to conversations; `failures` tries to erase fail."""

    def __init__(self) -> None:
        self.seconds, self.failures = 0.0, 0
        self.done: list[tuple[str, str]] = []

    async def __call__(self, text: str, conversation: str, clinic: str) -> Said:
        await asyncio.sleep(self.seconds)
        self.done.append(("said", conversation))
        return Said("answer", [{"text": "400 dollars."}])

    async def forget(self, conversation: str) -> None:
        self.done.append(("erase", conversation))
        if self.failures:
            self.failures -= 1
            raise FaqbotError("the store is away")


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
async def service(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    """The channel's work with a ledger, without a web server."""
    monkeypatch.setattr(opted_out, "AFTER", (0.0, 0.05, 0.05))
    config = SmsConfig(
        public_url="https://example.org",
        account_sid="AC1",
        auth_token="token",
        key="k" * 32,
        numbers={NUMBER: Texted("north", "North")},
        database_url=f"sqlite:///{tmp_path / 'sms.sqlite3'}",
    )
    keys = Keys(config.key)
    ledger = Ledger(config.database_url, keys, clock=time.time)
    turns = Turns(engine, lambda text: Said("error", [{"text": "broken"}]))
    made = Service(config, ledger, keys, turns, forget=engine.forget, wake=lambda: None, clock=time.time)
    yield made
    await made.stop()
    ledger.close()


async def text(service: Service, words: str, sid: str) -> Any:
    """The turn of a message."""
    job = await service.take(Incoming(sid, PATIENT, NUMBER, words))
    assert job is not None
    return job


async def test_an_opt_out_erases_the_conversation_behind_the_turn_that_still_runs(
    service: Service, engine: Engine
) -> None:
    engine.seconds = 0.3
    asked = await text(service, "how much is it?", "SM1")
    ended = await text(service, ENDS, "SM2")
    assert await asyncio.wait_for(ended.ready, 0.2)  # the confirmation waits for neither
    assert await asked.ready is None  # nothing more goes to who has opted out
    await service.stop()
    assert [what for what, _ in engine.done] == ["said", "erase"]
    assert len({conversation for _, conversation in engine.done}) == 1


async def test_a_conversation_that_cannot_be_erased_is_tried_again_and_the_patient_hears_in_time(
    service: Service, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    engine.failures = 2
    handed = await (await text(service, ENDS, "SM1")).ready
    assert handed and "no more" in handed[1].lower()
    await service.stop()
    assert [what for what, _ in engine.done] == ["erase"] * 3
    assert [r.levelno for r in caplog.records if r.name == opted_out.__name__] == [logging.WARNING] * 2


async def test_that_it_was_never_erased_is_an_error_in_the_log(
    service: Service, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    engine.failures = 99
    assert await (await text(service, ENDS, "SM1")).ready
    await service.stop()
    assert caplog.records[-1].levelno == logging.ERROR and "stays until its retention" in caplog.records[-1].message


async def test_an_unforeseen_error_is_logged_and_lost_turns_are_looked_for_again(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looks: list[int] = []

    async def failing() -> None:
        looks.append(1)
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(service, "recover", failing)
    monkeypatch.setattr(sms_service, "RECOVER_EVERY", 0.01)
    looking = asyncio.ensure_future(service.recover_forever())
    for _ in range(500):
        if len(looks) > 1 or looking.done():
            break
        await asyncio.sleep(0.01)
    looking.cancel()
    assert len(looks) > 1
    assert "RuntimeError: unforeseen" in caplog.text
