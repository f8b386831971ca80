"""SMS conversations of staff and batches: the pages and choices that a phone would get, without phone or ledger.

They are kept in this process alone: where several workers serve, MORE or a number may come to one that has none.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.channels.sms.choices import picked
from bot.channels.sms.compose import HELP_KINDS, compose, wants_more
from bot.channels.sms.segments import plain
from bot.screening import screened

MAX_HELD = 1000  # conversations of which pages and choices are kept

Message = dict[str, Any]


@dataclass(frozen=True)
class Held:
    """What a reply left: its kind, the pages for MORE, the sources of what stands on them, the choices."""

    kind: str
    rest: tuple[str, ...]
    sources: tuple[dict[str, Any], ...]
    choices: tuple[str, ...]


class Phones:
    """The last reply of each conversation."""

    def __init__(self, *, most: int = MAX_HELD) -> None:
        self._most = most
        self._held: OrderedDict[str, Held] = OrderedDict()

    def more(self, conversation: str, words: str) -> tuple[str, Message] | None:
        """The next page and the kind of its reply, where there is one and the words ask for it."""
        held = self._held.get(conversation)
        if held is None or not held.rest or not wants_more(words):
            return None
        self._keep(conversation, replace(held, rest=held.rest[1:], sources=()))
        return held.kind, _message(held.rest[0], held.sources)

    def meant(self, conversation: str, words: str) -> str:
        """The choice that the words pick, or the words."""
        held = self._held.get(conversation)
        if held is None or screened(words).help_first:
            return words
        return picked(words, held.choices) or words

    def first_page(self, conversation: str, kind: str, messages: Sequence[Message]) -> Message:
        """The reply as the one SMS that goes out now, its choices numbered; the rest is kept for MORE."""
        page = compose(messages, help_first=kind in HELP_KINDS, introduce=False, short="")
        shown = [_stands_in(m["text"], page.text) for m in messages]
        here, later = (
            tuple(s for m, on in zip(messages, shown, strict=True) if on is first for s in m["sources"])
            for first in (True, False)
        )
        self._keep(conversation, Held(kind, page.rest, later, page.choices))
        return _message(page.text, here)

    def _keep(self, conversation: str, held: Held) -> None:
        self._held[conversation] = held
        self._held.move_to_end(conversation)
        while len(self._held) > self._most:
            self._held.popitem(last=False)


def _message(text: str, sources: Sequence[dict[str, Any]]) -> Message:
    """A message of the batch contract; the choices of an SMS stand in its text."""
    return {"text": text, "buttons": [], "sources": list(sources)}


def _stands_in(text: str, page: str) -> bool:
    return plain(text).split("\n")[0] in page
