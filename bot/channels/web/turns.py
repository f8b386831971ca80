"""Turns of web conversations: in order, once a message, within a time limit, and never silence."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable
from typing import Any, Protocol

from bot.channels.seen import given_up, seen
from bot.channels.web.bodies import NewMessage
from bot.channels.web.conversation import Conversation
from bot.channels.web.problems import WebError
from bot.channels.web.secret import Keys
from bot.channels.web.state import State, StateError
from bot.channels.web.tokens import Session
from bot.errors import FaqbotError
from bot.reading import read
from bot.screening import screened
from bot.sites import Site
from bot.watch.record import failed

logger = logging.getLogger(__name__)

AT_ONCE = 8  # turns in the engine at a time: it has one event loop, more of them only wait longer
ENGINE_SHARE = 0.2  # of the time limit is left to the engine, however long a message has waited for its place


class Reply(Protocol):
    """What the engine gives: `bot.channels.turn.TurnReply`."""

    kind: str
    messages: list[dict[str, Any]]


class Engine(Protocol):
    """Rasa, or a stand-in for tests."""

    def started(self, app: Any) -> None:
        """Called with the Sanic app when the server starts."""

    def ready(self) -> bool:
        """Whether it could answer."""

    async def reply(self, *, text: str, conversation: str, clinic: str) -> Reply:
        """One turn; its reply has words whatever fails behind."""

    def without(self, text: str) -> Reply:
        """The reply that needs no engine: the fixed help in danger, else that it is out of order."""

    async def erase(self, conversation: str) -> None:
        """Forget the conversation."""


class Turns:
    """Runs the turns of all web conversations. `deadline` is the time limit of one in seconds."""

    def __init__(self, engine: Engine, state: State, keys: Keys, *, deadline: float) -> None:
        self._engine = engine
        self._state = state
        self._keys = keys
        self._deadline = deadline
        self._places = asyncio.Semaphore(AT_ONCE)
        self._running: set[asyncio.Task[Any]] = set()

    async def take(self, session: Session, site: Site, message: NewMessage) -> dict[str, Any]:
        """The reply to a message. Raises WebError (409 for an old button or a reused id, 503 without state).

        The turn goes on when the client hangs up, so that its retry finds the reply and makes no second turn.
        """
        reply: dict[str, Any] = await self._to_the_end(self._take(session, site, message))
        return reply

    def help_in_danger(self, text: str, clinic: str = "") -> dict[str, Any] | None:
        """The fixed help where the text shows danger, else None. Needs neither engine nor state; nothing is kept."""
        if not screened(text).help_first:
            return None
        given = self._engine.without(text)
        seen(given, text, "web", clinic, seconds=None)
        return Conversation().said(text, "", given.kind, given.messages, at=0)

    async def clear(self, session: Session) -> None:
        """Erase a conversation everywhere and end its session."""
        await self._to_the_end(self._clear(session))

    async def _to_the_end(self, work: Awaitable[Any]) -> Any:
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def _take(self, session: Session, site: Site, message: NewMessage) -> dict[str, Any]:
        began = time.monotonic()
        try:
            async with self._state.turn(session.conversation, self._deadline):
                return await self._in_turn(session, site, message, began)
        except StateError as error:
            logger.error("web state: %s", error)
            failed("state")
            reply = self.help_in_danger(message.text, session.clinic)
            if reply is None:
                raise WebError("unavailable") from error
            return reply

    async def _in_turn(self, session: Session, site: Site, message: NewMessage, began: float) -> dict[str, Any]:
        if await self._state.ended(session.conversation):
            raise WebError("ended_session")
        known = await self._state.load(session.conversation)
        fingerprint = self._keys.hash("message", f"{message.choice}\n{message.text}")
        before = known.replies.get(message.id) if message.id else None
        if before:
            if before["fingerprint"] != fingerprint:
                raise WebError("reused_message_id")
            reply: dict[str, Any] = before["reply"]
            return reply
        text = message.text
        if message.choice:
            if message.choice not in known.choices:
                raise WebError("old_choice")
            text = known.choices[message.choice]
        given = await self._within_limit(session, text, began)
        reply = known.said(text, message.id, *self._words(given, site), at=int(time.time()))
        if message.id:
            known.keep(message.id, fingerprint, reply)
        await self._state.save(session.conversation, known)
        return reply

    async def _within_limit(self, session: Session, text: str, began: float) -> Reply:
        """The engine's reply, or the one without it. A turn that takes too long is cancelled: nothing of it is kept.

        The limit is for all since it `began`, waiting for the turn before too: a message that waits for its place too
        long is told at once that all is busy.
        """
        await read(text, session.clinic)
        patience = self._deadline * (1 - ENGINE_SHARE) - (time.monotonic() - began)
        try:
            if self._places.locked() or patience <= 0:
                await asyncio.wait_for(self._places.acquire(), max(patience, 0.0))
            else:
                await self._places.acquire()  # at once, without a task of its own
        except asyncio.TimeoutError:
            logger.error("no place for a turn within %.1f s", patience)
            return self._without("busy", session, text)
        try:
            work = self._engine.reply(text=text, conversation=session.conversation, clinic=session.clinic)
            return await asyncio.wait_for(work, self._deadline - (time.monotonic() - began))
        except asyncio.TimeoutError:
            logger.error("a turn took longer than %.1f s and was given up", self._deadline)
            return self._without("deadline", session, text)
        finally:
            self._places.release()

    def _without(self, why: str, session: Session, text: str) -> Reply:
        reply = self._engine.without(text)
        given_up(why, reply, text, "web", session.clinic)
        return reply

    async def _clear(self, session: Session) -> None:
        try:
            async with self._state.turn(session.conversation):
                await self._engine.erase(session.conversation)  # first: where it fails the session can try again
                await self._state.end(session.conversation)
        except FaqbotError as error:
            logger.error("cannot erase: %s", error)
            raise WebError("unavailable") from error

    @staticmethod
    def _words(reply: Reply, site: Site) -> tuple[str, list[dict[str, Any]]]:
        """Kind and messages; where the assistant is out of order, how to reach the clinic stands with them."""
        messages = reply.messages
        if reply.kind == "error" and site.theme.contact:
            messages = [*messages, {"text": site.theme.contact, "buttons": [], "sources": []}]
        return reply.kind, messages
