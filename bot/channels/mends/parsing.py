"""A message is parsed when its vector is there: until then Rasa has done what needs none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor

from bot.reading import encoded

Parse = Callable[..., Awaitable[dict[str, Any]]]


def when_encoded(original: Parse) -> Parse:
    """`MessageProcessor.parse_message`, which waits for the vector that the channel has asked for.

    Components are plain functions on the event loop: without it they would make the vector once more, and hold up all
    other conversations meanwhile.
    """

    async def parse_message(self: MessageProcessor, message: UserMessage, *args: Any, **kwargs: Any) -> dict[str, Any]:
        await encoded(message.text or "")
        return await original(self, message, *args, **kwargs)

    return parse_message
