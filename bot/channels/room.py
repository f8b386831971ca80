"""Room for the lines behind a reply on the web and in the shell, by the lengths of the batch contract: pure.

Of the forms of a reply the first that fits is sent. Help and the deferral to the clinician stand in each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import yaml

from knowledge.reply import FILE

MAX_WEB = 600  # characters of an answer to one question; a test compares it with what the answers are composed to
PRIVACY = "privacy"

Message = dict[str, Any]
Form = TypeVar("Form")


@dataclass(frozen=True)
class Line:
    """A line behind a reply, by the name of its help text; `short` is for where little room is left."""

    name: str
    text: str
    short: str


def first_fitting(forms: Iterator[Form], fits: Callable[[Form], bool]) -> Form:
    """The first form that fits, or the last one. Raises StopIteration where there is none."""
    form = next(forms)
    while not fits(form):
        following = next(forms, None)
        if following is None:
            return form
        form = following
    return form


def web_forms(messages: Sequence[Message], lines: Sequence[Line]) -> Iterator[list[Message]]:
    """The reply in ever shorter forms, each line a message of its own.

    What gives way, in this order: the other answer that may be meant, the long form of the line on privacy, of
    that of help, of the deferral; last, behind an answer, the line on privacy.
    """
    yield [*messages, *_said(line.text for line in lines)]
    alone = [_without_other(m) for m in messages]
    yield [*alone, *_said(line.text for line in lines)]
    yield [*alone, *_said(line.short if line.name == PRIVACY else line.text for line in lines)]
    yield [*alone, *_said(line.short for line in lines)]
    brief = [{**m, "text": deferral("sms")} if m["text"] == deferral("web") else m for m in alone]
    yield [*brief, *_said(line.short for line in lines)]
    if any(m["sources"] for m in messages):
        yield [*brief, *_said(line.short for line in lines if line.name != PRIVACY)]


def fits_web(messages: Sequence[Message]) -> bool:
    """Whether the answers keep to their length, all lines counted to them; what a form asks is none of theirs."""
    answers = sum(bool(m["sources"]) for m in messages)
    return len("\n".join(m["text"] for m in messages if not m.get("asked"))) <= MAX_WEB * max(1, answers)


@cache
def deferral(form: str) -> str:
    """The line that defers to the clinician, in its form ("web" or "sms"); it names no clinic."""
    return _sentence("advice_line", form)


def _said(texts: Iterable[str]) -> list[Message]:
    return [{"text": text, "buttons": [], "sources": []} for text in texts]


def _without_other(message: Message) -> Message:
    """The message without the answer to the other question that may be meant, headed by that question."""
    heading = f"\n{_sentence('doubt', 'web').partition('{')[0]}"
    if len(message["sources"]) < 2 or heading not in message["text"]:
        return message
    return {**message, "text": message["text"].rpartition(heading)[0], "sources": message["sources"][:1]}


@cache
def _sentence(name: str, form: str) -> str:
    """A sentence of replies.yml as it is written there: unlike `fixed` without a clinic, which no line has."""
    return str(yaml.safe_load(FILE.read_text(encoding="utf-8"))[name][form])
