"""A conversation that an opt-out has ended is erased, sooner or later."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.errors import FaqbotError

logger = logging.getLogger(__name__)

AFTER = (0.0, 1.0, 10.0, 60.0, 600.0)  # seconds before each try

Forget = Callable[[str], Awaitable[None]]  # a conversation's id; raises FaqbotError where it cannot erase it just now


async def forgotten(forget: Forget, conversation: str) -> None:
    """Erase a conversation; a failure is logged and tried again."""
    for seconds in AFTER:
        await asyncio.sleep(seconds)
        try:
            await forget(conversation)
            return
        except FaqbotError as error:
            logger.warning("a conversation that an opt-out has ended is not erased yet: %s", error)
    logger.error("a conversation that an opt-out has ended is not erased: it stays until its retention is over")
