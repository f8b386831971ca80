"""Replies in one SMS of two segments: whole sentences only, and what has no room comes with MORE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from knowledge import gsm7
from knowledge.model import Clinic
from knowledge.reply import Message, Reply, fixed, source_of
from knowledge.understood import Understood


def fits(text: str) -> bool:
    """Whether a text is one SMS of two segments."""
    return not gsm7.outside(text) and gsm7.length(text) <= gsm7.MAX_CHARACTERS


def answered(found: Sequence[Understood], clinic: Clinic, advice: bool) -> Reply:
    """The reply to questions of which at least one is answered, each answer once.

    What does not fit is left out: open questions first, then the later answers.
    """
    both = _with_other(found[0], clinic) if len(found) == 1 and not advice else None
    if both:
        return both
    kept = list(found)
    deferral = [fixed("advice_line", "sms", clinic)] if advice else []
    more: list[str] = []
    doubts = True
    while True:
        answers = [u.answer for u in kept if u.answer]
        end = fixed("source", "sms", clinic, reviewed=min(a.reviewed for a in answers).isoformat())
        pieces = [_piece(u, clinic, doubts=doubts) for u in kept]
        text = "\n".join([*pieces, *deferral, *more, end])
        if doubts and not fits(text):  # the answers come before the words around them
            doubts = False
            continue
        if len(kept) == 1 and not fits(text):
            text = "\n".join([*pieces, *deferral, end])  # no room to say that there is more
        if len(kept) == 1 and deferral and not fits(text):
            text = "\n".join([*pieces, *deferral])  # the deferral goes before the source
        if fits(text) or len(kept) == 1:
            message = Message(text, sources=tuple(source_of(a) for a in answers))
            left_out = tuple(u.question.id for u in found if u not in kept)
            return Reply(
                "defer" if advice else "answer", (message,), (), tuple((clinic.id, a.id) for a in answers), left_out
            )
        kept.remove(next((u for u in reversed(kept) if u.answer is None), kept[-1]))
        more = [fixed("more", "sms", clinic)]


def with_lines(reply: Reply, lines: Sequence[str]) -> Reply:
    """A reply of one message with these lines behind it, each where it has room."""
    message = reply.messages[0]
    for line in lines:
        longer = f"{message.text}\n{line}"
        message = replace(message, text=longer) if fits(longer) else message
    return replace(reply, messages=(message,))


def _with_other(item: Understood, clinic: Clinic) -> Reply | None:
    """The answer and that to the other question that may be meant, where one SMS has room for both."""
    if not item.answer or not item.other:
        return None
    other = item.other
    end = fixed("source", "sms", clinic, reviewed=min(item.answer.reviewed, other.answer.reviewed).isoformat())
    doubt = fixed("doubt", "sms", clinic, heading=other.question.heading)
    text = "\n".join([_piece(item, clinic, doubts=True), f"{doubt}\n{other.answer.sms}", end])
    if not fits(text):
        return None
    answers = (item.answer, other.answer)
    message = Message(text, sources=tuple(source_of(a) for a in answers))
    return Reply("answer", (message,), (), tuple((clinic.id, a.id) for a in answers))


def _piece(item: Understood, clinic: Clinic, *, doubts: bool) -> str:
    if item.answer is None:
        return fixed("no_answer_also", "sms", clinic, clause=item.question.clause)
    doubt = fixed("doubt", "sms", clinic, heading=item.question.heading)
    return f"{doubt}\n{item.answer.sms}" if doubts and not item.sure else item.answer.sms


def unanswered(kind: str, pieces: Sequence[str], questions: Sequence[str], clinic: Clinic) -> Reply:
    """The reply that names open `questions` (ids), one piece each; the last ones are left out for want of room."""
    kept = list(pieces)
    more: list[str] = []
    while True:
        text = "\n".join([*kept, *more])
        if fits(text) or len(kept) == 1:
            return Reply(kind, (Message(text),), left_out=tuple(questions[len(kept) :]))
        kept.pop()
        more = [fixed("more", "sms", clinic)]
