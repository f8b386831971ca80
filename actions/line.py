"""The action server's end of the line on which Rasa's process asks (`bot.line`): early words and calls of actions.

A call is answered as rasa_sdk's `POST /webhook` answers it, by the same executor and with the same status.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

from rasa_sdk import utils
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from actions.ahead import told
from bot.settings import CALLED, LINE, TOLD
from bot.wire import packed, unpacked

logger = logging.getLogger(__name__)

Answer = tuple[int, Any]


def add_to(app: Any) -> None:
    """Add the route to rasa_sdk's server. A call may be as large as by HTTP."""
    app.config.WEBSOCKET_MAX_SIZE = app.config.REQUEST_MAX_SIZE
    app.add_websocket_route(serve, LINE)


async def serve(_: Any, socket: Any) -> None:
    """Answer what is asked on one line until it is closed; calls run side by side, as those of HTTP do."""
    running: set[asyncio.Task[None]] = set()
    try:
        while True:
            asked = unpacked(await socket.recv())
            if asked["about"] == TOLD:
                await _say(socket, asked["number"], _heard(asked["body"]))
            elif asked["about"] == CALLED:
                task = asyncio.ensure_future(_answer(socket, asked["number"], asked["body"]))
                running.add(task)
                task.add_done_callback(running.discard)
            else:
                await _say(socket, asked["number"], (404, {"error": f"nothing answers '{asked['about']}'"}))
    finally:
        for task in running:
            task.cancel()


async def called(call: dict[str, Any], run: Callable[[dict[str, Any]], Awaitable[Any]] | None = None) -> Answer:
    """Run an action as a call of Rasa's asks: status and body of rasa_sdk's webhook."""
    utils.check_version_compatibility(call.get("version"))
    try:
        return 200, await (run or _executor().run)(call)
    except ActionExecutionRejection as error:
        return 400, {"error": error.message, "action_name": error.action_name}
    except ActionNotFoundException as error:
        logger.error("%s", error)
        return 404, {"error": error.message, "action_name": error.action_name}
    except Exception as error:  # any: what an action raises is the turn's failure, not the line's
        logger.exception("an action failed")
        return 500, {"error": str(error)}


def _heard(said: Any) -> Answer:
    """`told`; what it raises is the answer, as that of one message must not cut the line of all."""
    try:
        return told(said)
    except Exception as error:
        logger.exception("a message could not be encoded ahead")
        return 500, {"error": str(error)}


async def _answer(socket: Any, number: int, call: dict[str, Any]) -> None:
    await _say(socket, number, await called(call))


async def _say(socket: Any, number: int, answer: Answer) -> None:
    status, body = answer
    await socket.send(packed({"number": number, "status": status, "body": body}))


@cache
def _executor() -> ActionExecutor:
    """As rasa_sdk's app makes one for itself."""
    made = ActionExecutor()
    made.register_package("actions")
    return made
