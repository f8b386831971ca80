"""The worker that empties the outbox. It may be killed at any instant: what it had taken is tried again later."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from threading import Event

from bot.consult.deliver import Deliverer, DeliveryError
from bot.consult.errors import ConsultError
from bot.consult.outbox import Notification, Outbox
from bot.errors import FaqbotError

logger = logging.getLogger(__name__)
POLL = 1.0  # seconds between looks into an empty outbox
DAY = 86400.0
AGAIN = 600.0  # after chores that failed


class Worker:
    """Takes notifications and sends them by the deliverer of their kind."""

    def __init__(
        self, outbox: Outbox, deliverers: Mapping[str, Deliverer], *, daily: Callable[[], object] | None = None
    ) -> None:
        """`deliverers` by kind: "mail", "webhook". `daily` is called by `run` at its start and once a day."""
        self._outbox = outbox
        self._deliverers = deliverers
        self._daily = daily
        self._daily_due = 0.0

    def run_once(self) -> int:
        """Send what is due now; returns how many were tried."""
        taken = self._outbox.take(limit=1)  # one at a time: a slow one must not outlast the lease of the next
        for notification in taken:
            self._send(notification)
        return len(taken)

    def run(self, stop: Event, *, poll: float = POLL) -> None:
        """Until `stop` is set. A database that is away is waited for."""
        while not stop.is_set():
            try:
                tried = self.run_once()
            except ConsultError:
                logger.exception("the consult database cannot be used; trying again")
                tried = 0
            self._chores()
            if not tried:
                stop.wait(poll)

    def _chores(self) -> None:
        if self._daily is not None and time.monotonic() >= self._daily_due:
            self._daily_due = time.monotonic() + AGAIN
            try:
                self._daily()
            except FaqbotError:  # of the database, or of the clinics' file that somebody edits: no patient waits for it
                logger.exception("the daily work failed; trying again in %d minutes", AGAIN // 60)
            else:
                self._daily_due = time.monotonic() + DAY

    def _send(self, notification: Notification) -> None:
        try:
            deliverer = self._deliverers.get(notification.kind)
            if deliverer is None:
                raise DeliveryError(f"nothing is set up to send a {notification.kind}; see docs/consult.md")
            deliverer(notification)
        except DeliveryError as error:
            logger.warning("notification %s of request %s: %s", notification.id, notification.public_id, error)
            self._outbox.failed(notification, str(error))
        except Exception as error:  # any: one that ended the worker would be the first again, and hold up all others
            logger.exception("notification %s of request %s: failed", notification.id, notification.public_id)
            self._outbox.failed(notification, type(error).__name__)
        else:
            logger.info("notification %s of request %s: sent", notification.id, notification.public_id)
            self._outbox.delivered(notification)
