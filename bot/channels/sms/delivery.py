"""Replies through the REST API: in order for each patient, tried again with backoff."""

from __future__ import annotations

import asyncio
import logging
import random
from concurrent.futures import ThreadPoolExecutor

from bot.channels.sms import faults
from bot.channels.sms.config import SmsConfig
from bot.channels.sms.ledger import Clock, Ledger
from bot.channels.sms.outbox import Outgoing
from bot.channels.sms.provider import Provider, ProviderError

logger = logging.getLogger(__name__)

POLL = 1.0  # seconds between looks at the outbox when nobody wakes it
AT_ONCE = 4


class Delivery:
    """Sends what the outbox holds. Its threads do what blocks: the provider's API, and the database."""

    def __init__(self, config: SmsConfig, ledger: Ledger, provider: Provider, *, clock: Clock) -> None:
        self._config, self._ledger, self._provider, self._clock = config, ledger, provider, clock
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="sms-rest")
        self._woken: asyncio.Event | None = None

    def wake(self) -> None:
        """There may be something to send."""
        if self._woken:
            self._woken.set()

    async def run_forever(self) -> None:
        """Send until cancelled."""
        self._woken = asyncio.Event()
        while True:
            self._woken.clear()
            try:
                sent = await self.run_once()
            except Exception:  # whatever it was: ended, the loop would leave all later replies unsent
                logger.exception("the SMS outbox could not be worked on; trying again")
                sent = 0
            if not sent:
                try:
                    await asyncio.wait_for(self._woken.wait(), POLL)
                except asyncio.TimeoutError:
                    continue

    async def run_once(self) -> int:
        """Send what may go now; returns how many messages that were."""
        loop = asyncio.get_running_loop()
        due = await loop.run_in_executor(self._threads, self._ledger.due)
        await asyncio.gather(*(loop.run_in_executor(self._threads, self._send, message) for message in due))
        return len(due)

    def close(self) -> None:
        """Wait for what is being sent."""
        self._threads.shutdown(wait=True)

    def reported(self, public_id: str, status: str, error: int | None) -> bool:
        """Note what the provider reports of a message later; False for an unknown one. Blocks."""
        attempts = self._ledger.attempts(public_id)
        if attempts is None:
            return False
        if status in {"delivered", "read"}:
            self._ledger.delivered(public_id)
        elif status in {"failed", "undelivered"}:
            pause = faults.wait(attempts, reported=True)
            if faults.verdict(error) == "again" and pause is not None:
                self._ledger.send_again(public_id, after=pause, error=error or 0)
            else:
                self._give_up(public_id, error)
        return True

    def _send(self, message: Outgoing) -> None:
        try:
            sid = self._found(message) if message.unsure else None
            sid = sid or self._provider.send(
                to=message.to,
                from_=message.number,
                body=message.body,
                status_url=self._config.status_url(message.public_id),
            )
        except ProviderError as error:
            self._failed(message, error)
            return
        self._ledger.handed_over(message.public_id, sid)

    def _found(self, message: Outgoing) -> str | None:
        """The provider's id of a message that it may have taken before."""
        return self._provider.find(to=message.to, from_=message.number, body=message.body, since=message.since)

    def _failed(self, message: Outgoing, error: ProviderError) -> None:
        pause = faults.wait(message.attempts + 1)
        if faults.verdict(error.code, error.status) == "again" and pause is not None:
            unsure = error.unsure or message.unsure
            self._ledger.put_back(message.public_id, after=pause * random.uniform(0.8, 1.2), unsure=unsure)
            return
        self._give_up(message.public_id, error.code)

    def _give_up(self, public_id: str, code: int | None) -> None:
        suppress = faults.verdict(code) == "suppress"
        logger.log(logging.INFO if suppress else logging.ERROR, "an SMS will not arrive: provider's error %s", code)
        self._ledger.give_up(public_id, code, suppress=suppress)
