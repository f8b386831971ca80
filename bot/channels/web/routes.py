"""The routes of a conversation; openapi.json describes them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty, json

from bot.channels.web.bodies import read_message, read_object, read_site_key
from bot.channels.web.client import Client
from bot.channels.web.gate import problem
from bot.channels.web.limits import Limiter
from bot.channels.web.problems import WebError
from bot.channels.web.secret import Keys
from bot.channels.web.state import State, StateError
from bot.channels.web.tokens import Session, Tokens
from bot.channels.web.turns import Turns
from bot.sites import Site, site_of_key
from bot.watch.record import failed

EVERYBODY = "all"
Handler = Callable[[Request], Awaitable[HTTPResponse]]


class Limits:
    """The limits by session, by address and in all. An address may start fewer sessions than it may send requests."""

    def __init__(
        self, keys: Keys, buckets: Callable[[str, int], Limiter], *, session: int, address: int, total: int
    ) -> None:
        """`buckets` makes a limiter of a name for so many requests a minute."""
        self._keys = keys
        self._sessions = buckets("session", session)
        self._addresses = buckets("address", address)
        self._starts = buckets("start", max(1, address // 4))
        self._all = buckets("all", total)

    async def request(self, client: Client, *, start: bool = False) -> None:
        """Count a request of an address. Raises WebError (429)."""
        hashed = self._keys.hash("address", client.network)
        await self._take(self._starts if start else self._addresses, hashed)
        await self._take(self._all, EVERYBODY)

    async def session(self, session: Session) -> None:
        """Count a request of a session. Raises WebError (429)."""
        await self._take(self._sessions, session.conversation)

    async def close(self) -> None:
        """Let go of connections."""
        for limiter in (self._sessions, self._addresses, self._starts, self._all):
            await limiter.close()

    @staticmethod
    async def _take(buckets: Limiter, key: str) -> None:
        wait = await buckets.take(key)
        if wait:
            raise WebError("too_many", retry_after=wait)


class Routes:
    """Handlers of requests that have passed the gate."""

    def __init__(self, *, tokens: Tokens, turns: Turns, state: State, limits: Limits) -> None:
        self._tokens = tokens
        self._turns = turns
        self._state = state
        self._limits = limits

    def add_to(self, blueprint: Blueprint) -> None:
        """Add the routes to a blueprint."""
        for path, method, handler in (
            ("/sessions", "POST", self.start),
            ("/messages", "POST", self.message),
            ("/history", "GET", self.history),
            ("/session", "DELETE", self.clear),
        ):
            blueprint.add_route(_told(handler), path, methods=[method], name=handler.__name__)

    async def start(self, request: Request) -> HTTPResponse:
        """Start a session."""
        client: Client = request.ctx.client
        key = read_site_key(read_object(request.headers.get("content-type", ""), request.body))
        site = site_of_key(key)
        if site is None or (site.demo and not client.here):
            raise WebError("unknown_site")
        _same_site(request, site)
        await self._limits.request(client, start=True)
        token, session = self._tokens.start(site=key, clinic=site.clinic)
        body = {"token": token, "expires_at": session.expires, "clinic": shown(site), "messages": [_greeting(site)]}
        return json(body, status=201)

    async def message(self, request: Request) -> HTTPResponse:
        """One turn. Danger is met with help even where the request itself is refused for the time being."""
        try:
            session, site = await self._session(request)
        except (WebError, StateError) as error:
            if isinstance(error, WebError) and error.code != "too_many":
                raise
            failed("state" if isinstance(error, StateError) else "busy")
            said = read_message(read_object(request.headers.get("content-type", ""), request.body))
            reply = self._turns.help_in_danger(said.text)
            if reply is None:
                raise
            return json(reply)
        message = read_message(read_object(request.headers.get("content-type", ""), request.body))
        reply = await self._turns.take(session, site, message)
        return json({**reply, **self._fresh(session)})

    async def history(self, request: Request) -> HTTPResponse:
        """What was said."""
        session, site = await self._session(request)
        conversation = await self._state.load(session.conversation)
        messages = [{"from": "assistant", "kind": "smalltalk", **_greeting(site)}, *conversation.shown()]
        return json({"clinic": shown(site), "messages": messages, **self._fresh(session)})

    async def clear(self, request: Request) -> HTTPResponse:
        """Erase the conversation."""
        session, _ = await self._session(request)
        await self._turns.clear(session)
        return empty(204)

    async def _session(self, request: Request) -> tuple[Session, Site]:
        """The session of a request whose token, origin and rate are in order. Raises WebError."""
        session = self._tokens.read(_bearer(request))
        site = site_of_key(session.site)
        if site is None or site.clinic != session.clinic or (site.demo and not request.ctx.client.here):
            raise WebError("bad_token")
        _same_site(request, site)
        await self._limits.request(request.ctx.client)
        await self._limits.session(session)
        if await self._state.ended(session.conversation):
            raise WebError("ended_session")
        return session, site

    def _fresh(self, session: Session) -> dict[str, Any]:
        renewed = self._tokens.renewed(session)
        return {"token": renewed[0], "expires_at": renewed[1].expires} if renewed else {}


def shown(site: Site) -> dict[str, Any]:
    """The clinic as the widget shows it."""
    theme = site.theme
    return {
        "name": site.name,
        "theme": {
            "colours": theme.colours.dict(),
            "languages": theme.languages,
            "hours": theme.hours,
            "contact": theme.contact,
            "exit_url": theme.exit_url,
        },
    }


def _greeting(site: Site) -> dict[str, Any]:
    return {"text": site.greeting, "buttons": [], "sources": []}


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _same_site(request: Request, site: Site) -> None:
    """Refuse a page of a foreign origin, which may not read the answer either."""
    origin = request.headers.get("origin", "")
    if not origin:
        return
    if not site.allows(origin):
        request.ctx.shared_with = ""
        raise WebError("foreign_origin")


def _told(handler: Handler) -> Handler:
    """The handler with its problems as answers."""

    async def told(request: Request) -> HTTPResponse:
        try:
            return await handler(request)
        except WebError as error:
            return problem(error)
        except StateError:
            return problem(WebError("unavailable"))

    return told
