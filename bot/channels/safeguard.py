"""What the safety screen's verdict adds to a reply that is no help itself: pure, without Rasa."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.safety.examples import NONE
from bot.safety.help import help_text
from bot.safety.personal import personal_data
from bot.safety.screen import Verdict
from knowledge import gsm7

# What the consult form asks for itself
ASKED_FOR = frozenset({"phone", "email"})
# Replies that say nothing to the patient's question: the line about privacy is the reply then
EMPTY_HANDED = frozenset({"no_answer", "out_of_scope", "smalltalk", "clarify"})


@dataclass(frozen=True)
class Guarded:
    """The kind of a reply and the lines that come behind it."""

    kind: str
    lines: tuple[str, ...]


def kind_of(danger: str) -> str:
    """The kind of the batch contract for a danger.

    >>> kind_of("abuse")
    'crisis'
    """
    return "emergency" if danger == "emergency" else "crisis"


def guarded(
    kind: str, verdict: Verdict, text: str, channel: str, *, country: str, after_crisis: bool = False
) -> Guarded:
    """What belongs to a reply of that kind: a line of help in doubt or after a crisis, a line on privacy."""
    lines: list[str] = []

    def line(name: str) -> str:
        return help_text(name, channel, language=verdict.language, country=country)

    private = verdict.personal
    if kind == "consult":
        private = bool(set(personal_data(text)) - ASKED_FOR)
    if private:
        lines.append(line("privacy"))
        kind = "privacy" if kind in EMPTY_HANDED else kind
    if verdict.danger != NONE or after_crisis:
        lines.append(line("line"))
    return Guarded(kind, tuple(lines))


def with_lines(messages: Sequence[dict[str, Any]], lines: Sequence[str], channel: str) -> list[dict[str, Any]]:
    """`messages` with the lines behind them.

    On SMS all is one text of two segments: room is made by leaving out the source in brackets at the end, then
    the lines but the last, which is help where there is any.
    """
    if not lines:
        return list(messages)
    if channel != "sms":
        return [*messages, *({"text": text, "buttons": [], "sources": []} for text in lines)]
    last = dict(messages[-1])
    body = last["text"].split("\n")
    source = [body.pop()] if len(body) > 1 and body[-1].startswith("(") and body[-1].endswith(")") else []
    for tail in ([*lines, *source], list(lines), [lines[-1]]):
        last["text"] = "\n".join([*body, *tail])
        if gsm7.length("\n".join([*(m["text"] for m in messages[:-1]), last["text"]])) <= gsm7.MAX_CHARACTERS:
            break
    return [*messages[:-1], last]
