"""The way to the action server: the line (`bot.line`), or connections that stay open from one turn to the next."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any

import aiohttp
from rasa.core.constants import DEFAULT_REQUEST_TIMEOUT
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot.line import line
from bot.settings import CALLED, settings

IDLE_SECONDS = 4.0  # sanic closes idle connections after 5 s: this side must be the first to give one up
_KEPT = "_faqbot_kept_session"


class KeptSession:
    """`async with` hands out the session and leaves it open."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def __aenter__(self) -> aiohttp.ClientSession:
        return self._session

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


def request(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """`EndpointConfig.request`, over the line where it is an action of our one action server, and the line is open.

    A load balancer shares out requests, and not what goes over a line: several action servers are called by HTTP.
    """

    async def over_the_line(self: EndpointConfig, *args: Any, **kwargs: Any) -> Any:
        chosen = settings()
        ours = chosen.one_action_server and self.url == f"{chosen.action_address}/webhook"
        if not ours or not line().ready():
            return await original(self, *args, **kwargs)
        status, body = await line().ask(CALLED, kwargs["json"])
        if status >= 400:
            raise ClientResponseError(status, "", json.dumps(body))
        return body

    return over_the_line


def session(self: EndpointConfig) -> KeptSession:
    """As `EndpointConfig.session`, but one for each endpoint and event loop.

    Rasa makes a new session, and with it a new connection, for each call of an action: 1 to 2 ms of a turn.
    """
    loop = asyncio.get_running_loop()
    kept: tuple[Any, aiohttp.ClientSession] | None = self.__dict__.get(_KEPT)
    if kept is None or kept[0] is not loop or kept[1].closed:
        kept = (loop, _made(self))
        self.__dict__[_KEPT] = kept
    return KeptSession(kept[1])


def _made(endpoint: EndpointConfig) -> aiohttp.ClientSession:
    given = endpoint.basic_auth
    return aiohttp.ClientSession(
        headers=endpoint.headers,
        auth=aiohttp.BasicAuth(given["username"], given["password"]) if given else None,
        timeout=aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT),
        connector=aiohttp.TCPConnector(keepalive_timeout=IDLE_SECONDS),
    )
