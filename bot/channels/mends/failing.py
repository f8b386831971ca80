"""An action that fails, or does not end, ends the turn: nothing of it is kept, and the patient is told at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from rasa.core.actions.action import ActionExecutionRejection
from rasa.shared.exceptions import RasaException

from bot.channels.lost import ACTION_SECONDS, ALL_OR_NOTHING, TurnLostError

Run = Callable[..., Awaitable[list[Any]]]


def run(original: Run) -> Run:
    """`RemoteAction.run` with a limit of ACTION_SECONDS in place of Rasa's five minutes.

    Rasa goes on without an action that failed and keeps the message: the next turn would find a question there that
    was never answered, or a form that has lost a step. Raises TurnLostError instead, in turns that are to be whole.
    """

    async def once_more(*args: Any, **kwargs: Any) -> list[Any]:
        try:
            return await original(*args, **kwargs)
        except RasaException as error:
            cut = error.__context__
            if not isinstance(cut, aiohttp.ClientConnectionError) or isinstance(cut, aiohttp.ClientConnectorError):
                raise
        # a kept connection was cut just when it was used; what an action stores it stores once
        return await original(*args, **kwargs)

    async def limited(*args: Any, **kwargs: Any) -> list[Any]:
        try:
            return await asyncio.wait_for(once_more(*args, **kwargs), ACTION_SECONDS.get())
        except ActionExecutionRejection:
            raise
        except Exception as error:
            if ALL_OR_NOTHING.get():
                raise TurnLostError("the action server failed or is too slow") from error
            raise

    return limited
