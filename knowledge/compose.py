"""The reply to what was understood: the clinic's answers word for word, or that its FAQ does not say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from knowledge import gsm7
from knowledge.errors import KnowledgeError
from knowledge.model import Answer, Clinic
from knowledge.search import Understood

FILE = Path(__file__).with_name("replies.yml")
MAX_WEB = 600
FOLLOW_UPS = 2
MEDICINES = "medications"  # the topic whose open questions must not read as a leave to stop a medicine


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
    """A reply in the terms of the batch contract (docs/architecture.md)."""

    kind: str
    messages: tuple[Message, ...]
    questions: tuple[tuple[str, float], ...] = ()
    entries: tuple[tuple[str, str], ...] = ()


def compose(found: Sequence[Understood], clinic: Clinic, channel: str, *, advice: bool = False) -> Reply:
    """The reply to understood questions (each `known`).

    `channel` is "web", "sms" or "shell". `advice` says that the patient asks about their own case: the
    deferral to their clinician is added, and stands alone where the FAQ says nothing.
    """
    for item in found:
        if item.answer and item.answer.clinic != clinic.id:
            raise KnowledgeError(f"entry '{item.answer.id}' is not of clinic '{clinic.id}': not sent")
    form = "sms" if channel == "sms" else "web"
    questions = tuple((u.question.id, round(u.confidence, 4)) for u in found)
    answers = [u.answer for u in found if u.answer]
    entries = tuple(dict.fromkeys((clinic.id, a.id) for a in answers))
    if not answers:
        kind = "defer" if advice else "no_answer"
        frame = "no_answer_medicine" if kind == "no_answer" and found[0].question.topic == MEDICINES else kind
        pieces = [fixed(frame, form, clinic, clause=found[0].question.clause)]
        pieces += [fixed("no_answer_also", form, clinic, clause=u.question.clause) for u in found[1:]]
        contact = (fixed("contact_button", form, clinic),)
        messages = _sms(pieces, clinic) if form == "sms" else _with_buttons([Message(p) for p in pieces], contact)
        return Reply(kind, messages, questions)
    if form == "sms":
        return _sms_reply(found, clinic, advice, questions)
    spoken = [_answer_message(u, clinic, advice) for u in _once_per_answer(found)]
    return Reply("answer", _with_buttons(spoken, follow_ups(found, clinic)), questions, entries)


def framed(name: str, clinic: Clinic, channel: str, *, contact: bool = True) -> Message:
    """A fixed sentence of replies.yml as a message, with the button to ask for a person."""
    form = "sms" if channel == "sms" else "web"
    buttons = (fixed("contact_button", form, clinic),) if contact and form == "web" else ()
    return Message(fixed(name, form, clinic), buttons)


def follow_ups(found: Sequence[Understood], clinic: Clinic) -> tuple[str, ...]:
    """What to ask next: the headings of near questions that this clinic answers otherwise."""
    given = {u.answer.id for u in found if u.answer}
    out: list[str] = []
    for candidate in (c for u in found for c in u.candidates[1:]):
        answer = clinic.answer_to(candidate.question.id)
        if answer and answer.id not in given and candidate.question.heading not in out:
            given.add(answer.id)
            out.append(candidate.question.heading)
    return tuple(out[:FOLLOW_UPS])


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


def _once_per_answer(found: Sequence[Understood]) -> list[Understood]:
    """Drop a question whose answer an earlier one gives already."""
    seen: set[str] = set()
    kept = []
    for item in found:
        if item.answer is None or item.answer.id not in seen:
            kept.append(item)
            seen.update({item.answer.id} if item.answer else ())
    return kept


def _answer_message(item: Understood, clinic: Clinic, advice: bool) -> Message:
    if item.answer is None:
        return Message(fixed("no_answer_also", "web", clinic, clause=item.question.clause))
    text = item.answer.text
    line = fixed("advice_line", "web", clinic)
    if advice and len(text) + len(line) + 1 <= MAX_WEB:
        text = f"{text} {line}"
    return Message(text, sources=(source_of(item.answer),))


def _with_buttons(messages: Sequence[Message], buttons: tuple[str, ...]) -> tuple[Message, ...]:
    """The buttons stand under the last message."""
    last = messages[-1]
    return (*messages[:-1], Message(last.text, (*last.buttons, *buttons), last.sources))


def _sms_reply(
    found: Sequence[Understood], clinic: Clinic, advice: bool, questions: tuple[tuple[str, float], ...]
) -> Reply:
    """Whole sentences in one SMS. What does not fit goes: open questions first, then the later answers."""
    kept = _once_per_answer(found)
    deferral = [fixed("advice_line", "sms", clinic)] if advice else []
    more: list[str] = []
    while True:
        answers = [u.answer for u in kept if u.answer]
        end = fixed("source", "sms", clinic, reviewed=min(a.reviewed for a in answers).isoformat())
        pieces = [
            u.answer.sms if u.answer else fixed("no_answer_also", "sms", clinic, clause=u.question.clause) for u in kept
        ]
        text = "\n".join([*pieces, *deferral, *more, end])
        if len(kept) == 1 and gsm7.length(text) > gsm7.MAX_CHARACTERS:
            text = "\n".join([*pieces, *deferral, end])  # no room to say that there is more
        if gsm7.length(text) <= gsm7.MAX_CHARACTERS or len(kept) == 1:
            message = Message(text, sources=tuple(source_of(a) for a in answers))
            return Reply("answer", (message,), questions, tuple((clinic.id, a.id) for a in answers))
        kept.remove(next((u for u in reversed(kept) if u.answer is None), kept[-1]))
        more = [fixed("more", "sms", clinic)]


def _sms(pieces: Sequence[str], clinic: Clinic, end: str = "") -> tuple[Message, ...]:
    """One SMS of whole sentences: what does not fit is left out from the end, and said to be."""
    kept = list(pieces)
    more: list[str] = []
    while True:
        text = "\n".join([*kept, *more, *([end] if end else [])])
        if gsm7.length(text) <= gsm7.MAX_CHARACTERS or len(kept) == 1:
            return (Message(text),)
        kept.pop()
        more = [fixed("more", "sms", clinic)]
