"""Connections to the action server that stay open from one turn to the next."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any

import aiohttp
from rasa.core.constants import DEFAULT_REQUEST_TIMEOUT
from rasa.utils.endpoints import EndpointConfig

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
