"""What a reply is made of: messages with their choices and sources, and the fixed sentences of replies.yml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.model import Answer, Clinic

FILE = Path(__file__).with_name("replies.yml")


@dataclass(frozen=True)
class Source:
    """Where an answer is from."""

    clinic: str
    entry: str
    title: str
    reviewed: str


@dataclass(frozen=True)
class Message:
    """One message of a reply: what the patient reads, the choices, the sources."""

    text: str
    buttons: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Reply:
    """A reply in the terms of the batch contract (docs/architecture.md).

    `left_out` are ids of the questions for which an SMS had no room: "more" brings them.
    """

    kind: str
    messages: tuple[Message, ...]
    questions: tuple[tuple[str, float], ...] = ()
    entries: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()


def framed(name: str, clinic: Clinic, channel: str, *, contact: bool = True) -> Message:
    """A fixed sentence of replies.yml as a message, with the button to ask for a person."""
    form = form_of(channel)
    buttons = (fixed("contact_button", form, clinic),) if contact and form == "web" else ()
    return Message(fixed(name, form, clinic), buttons)


def form_of(channel: str) -> str:
    """In which form a channel ("web", "sms" or "shell") has its sentences: "web" or "sms"."""
    return "sms" if channel == "sms" else "web"


def source_of(answer: Answer) -> Source:
    """The source that stands under an answer."""
    return Source(answer.clinic, answer.id, answer.source, answer.reviewed.isoformat())


def source_line(source: Source, clinic_name: str) -> str:
    """The line that names a source, as it stands under an answer."""
    line = _replies()["source"]["web"]
    return line.format(clinic=clinic_name, title=source.title, reviewed=source.reviewed)


def fixed(name: str, form: str, clinic: Clinic, **values: str) -> str:
    """A sentence of replies.yml in its form ("web" or "sms"), filled in."""
    return _replies()[name][form].format(clinic=clinic.name, short=clinic.short_name, **values)


@cache
def _replies() -> dict[str, dict[str, str]]:
    data: Any = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {name: {"web": forms["web"], "sms": forms["sms"]} for name, forms in data.items()}
