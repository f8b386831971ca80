"""Tells the action server of a message before its turn comes there, and gets the message's vector from it.

A turn is the work of two processes, one after the other: Rasa's reads the message and chooses the action, the action
server's searches. Told early, the second one encodes and searches while the first one works (`actions.ahead`).
Without an answer in time the message is encoded here, and the turn goes its way as if nothing had been told.
"""

from __future__ import annotations

import asyncio
import logging
import time

import aiohttp

from bot.line import Line, line
from bot.settings import TOLD, settings
from bot.watch.record import failed

logger = logging.getLogger(__name__)

AT_ONCE = 2  # told and not answered; with more the action server is the busier one, and this process encodes itself
PATIENCE = 0.3  # seconds for the vector: it takes milliseconds, or the action server hangs
PAUSE = 5.0  # seconds without a word to an action server that did not answer


class Early:
    """How much the action server has been told and not answered, and whether it is left alone for now."""

    def __init__(self) -> None:
        self._open = 0
        self._silent_until = 0.0

    async def vector(
        self, over: Line, text: str, clinic: str, sent: asyncio.Event | None = None
    ) -> dict[str, str] | None:
        """The packed vector (`knowledge.recent.unpack`) of a message to this clinic, or None: encode it here.

        With a clinic the server searches for the message too. `sent` is set when the message is on its way.
        """
        if self._open >= AT_ONCE or time.monotonic() < self._silent_until or not over.ready():
            return None
        self._open += 1
        try:
            reply = await over.ask(TOLD, {"text": text, "clinic": clinic}, seconds=PATIENCE, sent=sent)
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            self._failed(type(error).__name__)
            return None
        finally:
            self._open -= 1
        if reply.status != 200 or not isinstance(reply.body, dict):
            self._failed(f"status {reply.status}")
            return None
        return reply.body

    def _failed(self, why: str) -> None:
        self._silent_until = time.monotonic() + PAUSE
        failed("early")
        logger.warning("the action server gave no vector (%s): messages are encoded here for %.0f s", why, PAUSE)


_early = Early()


async def early_vector(text: str, clinic: str, sent: asyncio.Event) -> dict[str, str] | None:
    """`Early.vector` of the action server that the settings name, over the running event loop's line.

    Where another server behind the same address may run the action, none searches ahead.
    """
    return await _early.vector(line(), text, clinic if settings().one_action_server else "", sent)
