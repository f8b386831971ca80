"""The action server's end of the line on which Rasa's process asks (`bot.line`): early words and calls of actions.

A call is answered as rasa_sdk's `POST /webhook` answers it, by the same executor and with the same status.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, cast

from rasa_sdk import utils
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from sanic.server.protocols.http_protocol import HttpProtocol

from actions.ahead import told
from bot.json_lines import JsonLines
from bot.settings import CALLED, GREETING, TOLD
from bot.wire import packed

logger = logging.getLogger(__name__)

Answer = tuple[int, Any]
FIRST = packed(GREETING).encode() + b"\n"  # of a line


class HttpOrLine(asyncio.Protocol):
    """A connection to the action server's port: a line where it begins with the greeting, else sanic's HTTP.

    `http` are the arguments of sanic's own protocol.
    """

    def __init__(self, **http: Any) -> None:
        self._http = http
        self._transport: asyncio.Transport | None = None
        self._begins = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol; the first bytes decide."""
        self._begins += data
        if len(self._begins) < len(FIRST) and FIRST.startswith(self._begins):
            return  # it comes in pieces
        of_a_line = self._begins.startswith(FIRST)
        goes_on = Answering() if of_a_line else HttpProtocol(**self._http)
        assert self._transport is not None  # it was made
        self._transport.set_protocol(goes_on)
        goes_on.connection_made(self._transport)
        goes_on.data_received(self._begins)


class Answering(JsonLines):
    """This end of one line: answers what is asked until it is closed; calls run side by side, as those of HTTP do."""

    def __init__(self) -> None:
        super().__init__()
        self._running: set[asyncio.Task[None]] = set()

    def heard(self, value: Any) -> None:
        """A question, or the greeting, which is given back."""
        if value == GREETING:
            self.say(GREETING)
            return
        number, about, body = value["number"], value["about"], value["body"]
        if about == TOLD:
            self._answer(number, _heard(body))
        elif about == CALLED:
            task = asyncio.ensure_future(self._run(number, body))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        else:
            self._answer(number, (404, {"error": f"nothing answers '{about}'"}))

    def lost(self) -> None:
        """Nobody waits for the answers any more."""
        for task in self._running:
            task.cancel()

    async def _run(self, number: int, call: dict[str, Any]) -> None:
        self._answer(number, await called(call))

    def _answer(self, number: int, answer: Answer) -> None:
        status, body = answer
        if self.open:
            self.say({"number": number, "status": status, "body": body})


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


@cache
def _executor() -> ActionExecutor:
    """As rasa_sdk's app makes one for itself."""
    made = ActionExecutor()
    made.register_package("actions")
    return made
