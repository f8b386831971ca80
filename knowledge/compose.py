"""The reply to what was understood: the clinic's answers word for word, or that its FAQ does not say."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from textwrap import shorten

from knowledge import sms
from knowledge.errors import KnowledgeError
from knowledge.model import Clinic, Question
from knowledge.reply import Message, Reply, fixed, form_of, source_of
from knowledge.understood import Understood

MAX_WEB = 600
FOLLOW_UPS = 2
MAX_QUOTED = 80  # characters of a part that was not understood
_DOSE = re.compile(r"\d\s*(?:mg|mcg|\u00b5g|milligrams?|micrograms?)\b", re.I)
MEDICINES = "medications"  # the topic whose open questions must not read as a leave to stop a medicine


def compose(
    found: Sequence[Understood],
    clinic: Clinic,
    channel: str,
    *,
    advice: bool = False,
    given: Collection[str] = (),
) -> Reply:
    """The reply to understood questions (each `known`).

    `channel` is "web", "sms" or "shell". `advice` says that the patient asks about their own case: the reply
    defers to their clinician, behind the clinic's own rule where its FAQ has one, and tells no dose. `given` are
    the entries (ids) that the conversation has had: they are not offered as what to ask next.

    Raises KnowledgeError where an answer is another clinic's.
    """
    for item in found:
        if item.answer and item.answer.clinic != clinic.id:
            raise KnowledgeError(f"entry '{item.answer.id}' is not of clinic '{clinic.id}': not sent")
    questions = tuple((u.question.id, round(u.confidence, 4)) for u in found)
    if advice:
        found = [_without_dose(_with_rule(u, clinic)) for u in found]
    form = form_of(channel)
    lost = [fixed("lost", form, clinic, text=_quoted(text)) for u in found for text in u.lost]
    if not any(u.answer for u in found):
        near = () if advice else follow_ups(found, clinic, given=given)
        return _unanswered(found, clinic, form, advice, near, questions, lost)
    kept = _once_per_answer(found)
    if form == "sms":
        return sms.with_lines(replace(sms.answered(kept, clinic, advice), questions=questions), lost)
    least = len(fixed("advice_line", "sms", clinic)) + 1 if advice else 0
    spoken = [_answer_message(u, clinic, MAX_WEB - least) for u in kept]
    entries = tuple((s.clinic, s.entry) for message in spoken for s in message.sources)
    buttons = follow_ups(found, clinic, given=given)
    spoken += map(Message, lost)
    if advice:
        spoken.append(Message(_deferral(spoken, clinic)))
        buttons = (*buttons[:1], fixed("contact_button", "web", clinic))
    return Reply("defer" if advice else "answer", _with_buttons(spoken, buttons), questions, entries)


def also(question: Question, reply: Reply, clinic: Clinic, channel: str) -> Reply:
    """`reply` to a question that the assistant brought up itself, headed by that question where there is room."""
    form = form_of(channel)
    first = reply.messages[0]
    text = f"{fixed('also', form, clinic, heading=question.heading)}\n{first.text}"
    fits = sms.fits(text) if form == "sms" else len(text) <= MAX_WEB
    return replace(reply, messages=(replace(first, text=text), *reply.messages[1:])) if fits else reply


def follow_ups(found: Sequence[Understood], clinic: Clinic, *, given: Collection[str] = ()) -> tuple[str, ...]:
    """What to ask next: the headings of near questions that this clinic answers otherwise, each by a new entry.

    `given` are the entries (ids) that the conversation has had. Beside a question that it does not answer at
    all only questions on the same topic are near enough.
    """
    open_topics = set() if any(u.answer for u in found) else {u.question.topic for u in found}
    said = {*given, *(u.answer.id for u in found if u.answer)}
    out: list[str] = []
    for near in (c.question for u in found for c in u.candidates[1:]):
        answer = clinic.answer_to(near.id)
        if not answer or answer.id in said or (open_topics and near.topic not in open_topics):
            continue
        said.add(answer.id)
        out.append(near.heading)
    return tuple(out[:FOLLOW_UPS])


def _unanswered(
    found: Sequence[Understood],
    clinic: Clinic,
    form: str,
    advice: bool,
    near: tuple[str, ...],
    questions: tuple[tuple[str, float], ...],
    lost: Sequence[str],
) -> Reply:
    """That the FAQ does not say, each question named; beside it the `near` questions that it does answer."""
    kind = "defer" if advice else "no_answer"
    frame = "no_answer_medicine" if kind == "no_answer" and found[0].question.topic == MEDICINES else kind
    also_near = fixed("near", form, clinic) if near else ""
    pieces = [fixed(frame, form, clinic, clause=found[0].question.clause, near=also_near)]
    pieces += [fixed("no_answer_also", form, clinic, clause=u.question.clause) for u in found[1:]]
    if form == "sms":
        reply = sms.unanswered(kind, pieces, [u.question.id for u in found], clinic)
        return sms.with_lines(replace(reply, questions=questions), lost)
    pieces += lost
    contact = fixed("contact_button", form, clinic)
    return Reply(kind, _with_buttons([Message(p) for p in pieces], (*near, contact)), questions)


def _quoted(text: str) -> str:
    """A patient's words in a line of the reply: the beginning of long ones."""
    return shorten(text, MAX_QUOTED, placeholder=" ...")


def _once_per_answer(found: Sequence[Understood]) -> list[Understood]:
    """Drop a question whose answer an earlier one gives already, and what would be told beside but stands there.

    Each of several questions keeps the other that may be meant, as an only one does: each may be mistaken as easily.
    """
    seen: set[str] = set()
    kept = []
    for item in found:
        if item.answer is None or item.answer.id not in seen:
            kept.append(item)
            seen.update({item.answer.id} if item.answer else ())
    told = []
    for item in kept:
        if item.other and item.other.answer.id in seen:
            item = replace(item, other=None)
        seen.update({item.other.answer.id} if item.other else ())
        told.append(item)
    return told


def _with_rule(item: Understood, clinic: Clinic) -> Understood:
    """The question with the clinic's rule for such a case, where its FAQ does not answer the question itself."""
    rule = clinic.answer_to(item.question.rule) if item.answer is None and item.question.rule else None
    return replace(item, answer=rule) if rule else item


def _without_dose(item: Understood) -> Understood:
    """The question without the answers that name an amount of a medicine."""
    if item.answer and tells_dose(item.answer.text):
        item = replace(item, answer=None, other=None)
    return replace(item, other=None) if item.other and tells_dose(item.other.answer.text) else item


def tells_dose(text: str) -> bool:
    """Whether a text names an amount of a medicine.

    >>> tells_dose("0.5 mg/kg over 40 minutes")
    True
    """
    return bool(_DOSE.search(text))


def _deferral(spoken: Sequence[Message], clinic: Clinic) -> str:
    """The line that defers to the clinician, in its short form where a message leaves the whole one no room."""
    whole = fixed("advice_line", "web", clinic)
    longest = max(len(message.text) for message in spoken)
    return whole if longest + len(whole) < MAX_WEB else fixed("advice_line", "sms", clinic)


def _answer_message(item: Understood, clinic: Clinic, room: int) -> Message:
    """An answer with what is told around it, in at most `room` characters unless it is longer by itself."""
    if item.answer is None:
        return Message(fixed("no_answer_also", "web", clinic, clause=item.question.clause))
    text = item.answer.text
    doubt = "" if item.sure else fixed("doubt", "web", clinic, heading=item.question.heading)
    if doubt and len(text) + len(doubt) + 1 <= room:
        text = f"{doubt}\n{text}"
    beside = _beside(item, clinic)
    if beside and item.other and len(text) + len(beside) + 1 <= room:
        return Message(f"{text}\n{beside}", sources=(source_of(item.answer), source_of(item.other.answer)))
    return Message(text, sources=(source_of(item.answer),))


def _beside(item: Understood, clinic: Clinic) -> str:
    """The answer to the other question that may be meant, headed by that question; "" where there is none."""
    if not item.other:
        return ""
    return f"{fixed('doubt', 'web', clinic, heading=item.other.question.heading)}\n{item.other.answer.text}"


def _with_buttons(messages: Sequence[Message], buttons: tuple[str, ...]) -> tuple[Message, ...]:
    """The buttons stand under the last message."""
    last = messages[-1]
    return (*messages[:-1], Message(last.text, (*last.buttons, *buttons), last.sources))
