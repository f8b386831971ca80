"""What a message gets: an opt-out noted, the next page, help, or a turn of the conversation engine."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.channels.seen import given_up
from bot.channels.sms.choices import picked
from bot.channels.sms.compose import HELP_KINDS, Composed, compose, wants_more
from bot.channels.sms.config import Texted
from bot.channels.sms.incoming import Incoming
from bot.channels.sms.keywords import START_AGAIN, Control, control
from bot.channels.sms.ledger import Done
from bot.channels.sms.people import Person
from bot.channels.sms.segments import plain
from bot.channels.sms.texts import text
from bot.screening import screened

logger = logging.getLogger(__name__)

TURN_SECONDS = 60.0  # of the engine, after which the reply is a fixed one


@dataclass(frozen=True)
class Said:
    """A reply in the shape of the batch contract: its kind and its messages with `text` and `buttons`."""

    kind: str
    messages: list[dict[str, Any]]


Engine = Callable[[str, str, str], Awaitable[Said]]  # text, conversation, clinic
Fallback = Callable[[str], Said]  # the reply to a text when the engine gives none


def control_of(message: Incoming) -> Control | None:
    """The keyword that a message is; in danger words about stopping are no wish to end the texts."""
    found = control(message.body, provider=message.control)
    return None if found == "stop-words" and screened(message.body).help_first else found


def controlled(what: Control, person: Person, short: str) -> Done:
    """The end of a turn that was a keyword. What the provider answers itself gets nothing from us."""
    if what == "stop":
        return Done("stop", change=("out", "keyword"))
    if what == "stop-words":
        said = Composed(plain(text("opted_out", short)))
        return Done("stop") if person.out_by else Done("stop", said, exempt=True, change=("out", "words"))
    if what == "help":
        return Done("help")
    welcome = Composed(plain(text("welcome", short)), introduced=True)
    if not person.out_by:
        return Done("start", welcome)
    return Done("start", welcome if person.out_by == "words" else None, change=("in", "keyword"))


class Turns:
    """Turns of conversations with the engine behind them."""

    def __init__(self, engine: Engine, fallback: Fallback, *, seconds: float = TURN_SECONDS) -> None:
        self._engine = engine
        self._fallback = fallback
        self._seconds = seconds

    async def take(self, words: str, media: int, person: Person, conversation: str, texted: Texted) -> Done:
        """The end of the turn that `words` with `media` attachments are. Never raises for what the engine does."""
        danger = screened(words).help_first
        if person.out_by:
            return self._opted_out(words, danger, person, texted)
        if media and not words.strip():
            return self._done(Said("out_of_scope", [{"text": text("media", texted.short_name)}]), person, texted)
        if person.rest and wants_more(words):
            return Done("more", Composed(person.rest[0], person.rest[1:]))
        meant = words if danger else picked(words, person.choices) or words
        said = await self._said(meant, conversation, texted)
        return self._done(said, person, texted, help_first=danger or said.kind in HELP_KINDS)

    def give_up(self, words: str, person: Person, texted: Texted) -> Done:
        """The end of a turn that never comes to one: fixed words, help where there is danger."""
        if person.out_by:
            return self._opted_out(words, screened(words).help_first, person, texted)
        return self._done(self._fallback(words), person, texted, help_first=True)

    def _opted_out(self, words: str, danger: bool, person: Person, texted: Texted) -> Done:
        """Silence, but for a plain yes, which lifts the provider's block too, and for help in danger."""
        if person.out_by != "words" and words.strip().upper() in START_AGAIN:
            return controlled("start", person, texted.short_name)
        if not danger:
            return Done("silent")
        done = self._done(self._fallback(words), person, texted, help_first=True)
        return Done(done.kind, done.reply, exempt=True)

    def _done(self, said: Said, person: Person, texted: Texted, *, help_first: bool = False) -> Done:
        reply = compose(said.messages, help_first=help_first, introduce=not person.introduced, short=texted.short_name)
        return Done(said.kind, reply)

    async def _said(self, words: str, conversation: str, texted: Texted) -> Said:
        try:
            said = await asyncio.wait_for(self._engine(words, conversation, texted.clinic), self._seconds)
        except asyncio.TimeoutError:
            logger.error("a turn took longer than %.0f s", self._seconds)
            said = self._fallback(words)
            given_up("deadline", said, words, "sms", texted.clinic)
            return said
        return said if any(m.get("text") for m in said.messages) else self._fallback(words)
