"""One SMS out of a turn's messages: one text in order, at most 306 characters of GSM-7, the rest for MORE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.sms.choices import numbered
from bot.channels.sms.segments import fits, pages, plain
from bot.channels.sms.texts import text
from knowledge.text import key

HELP_KINDS = frozenset({"crisis", "emergency"})  # these come first and unchanged
MORE = frozenset({"more", "more please", "next", "next please", "go on", "continue", "the rest", "mas"})


@dataclass(frozen=True)
class Composed:
    """What goes out now, what MORE brings, the choices that it offers, and whether it says who is texting."""

    text: str
    rest: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    introduced: bool = False


def compose(messages: Sequence[dict[str, Any]], *, help_first: bool, introduce: bool, short: str) -> Composed:
    """The SMS for the messages of a turn (each with `text` and `buttons` as in the batch contract).

    `help_first` says that the first message is help in danger: nothing stands before it. `introduce` asks for the
    line that says who is texting, that it is automatic and how to stop; it stands in the form that leaves the first
    page room, and where none does, the next reply brings it.
    """
    parts = [numbered(plain(m["text"]), [b["title"] for b in m.get("buttons") or []]) for m in messages]
    choices = tuple(b["title"] for m in messages for b in m.get("buttons") or [])
    whole = "\n".join(p for p in parts if p)
    written = (whole,) if whole and fits(whole) else pages([p for p in parts if p], text("more", short))
    first, rest = written[0] if written else "", written[1:]
    if introduce and not help_first and first:
        for name in ("intro", "intro_short"):
            whole = f"{plain(text(name, short))}\n{first}"
            if fits(whole):
                return Composed(whole, rest, choices, introduced=True)
    return Composed(first, rest, choices)


def wants_more(words: str) -> bool:
    """Whether a message asks for the next page."""
    return key(words) in MORE
