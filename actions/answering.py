"""From a patient's words to the reply: what every action that answers a question does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from actions.context import Turn
from actions.gate import doubtful, plausible
from actions.memory import Asked, Memory
from actions.services import knowledge_service, take_over
from bot.safety.help import help_text
from bot.settings import settings
from bot.watch.record import part
from knowledge.clarify import ask_back, choices, in_doubt
from knowledge.compose import compose
from knowledge.errors import UnknownClinicError
from knowledge.leaning import bare, leans
from knowledge.model import OUT_OF_SCOPE, Clinic, Question
from knowledge.reply import Message, Reply, framed
from knowledge.search import Search
from knowledge.text import key
from knowledge.understood import Understood

UNBOUND = (
    "This conversation is not bound to a clinic, so I cannot answer. Staff: start it with "
    "`faqbot shell --clinic NAME`, or set FAQBOT_SHELL_CLINIC for a plain `rasa shell`."
)
OFF_TOPIC_SURE = 0.5  # a message this surely off the topic is never asked back


@dataclass(frozen=True)
class Answered:
    """A reply with what it rests on; `asked` where it asks back."""

    reply: Reply
    clinic: Clinic | None
    found: tuple[Understood, ...] = ()
    asked: Asked | None = None

    def explain(self) -> list[dict[str, Any]]:
        """What `--explain` shows."""
        return [
            {
                "part": u.text,
                "question": u.question.id,
                "confidence": round(u.confidence, 3),
                "entry": u.answer.id if u.answer else None,
                "nearest": round(u.nearest, 3),
                "candidates": [[c.question.id, round(c.score, 2)] for c in u.candidates],
            }
            for u in self.found
        ]


def bound(turn: Turn) -> tuple[Search, Clinic] | None:
    """The search and the clinic that the channel has bound, or None where it bound none that is known."""
    search = knowledge_service().search()
    take_over(search, turn.text, turn.clinic, turn.vector)
    try:
        return search, search.clinic(turn.clinic)
    except UnknownClinicError:
        return None


def unbound() -> Answered:
    """What is said where no clinic is bound."""
    return Answered(Reply("error", (Message(UNBOUND),)), None)


def say_fixed(kind: str, name: str, turn: Turn, clinic: Clinic, *, contact: bool = True) -> Answered:
    """A fixed sentence of replies.yml as the whole reply."""
    return Answered(Reply(kind, (framed(name, clinic, turn.form, contact=contact),)), clinic)


def answer(turn: Turn, memory: Memory | None = None, *, may_ask: bool = True) -> Answered:
    """The reply to a question, from the FAQ of the turn's clinic and no other.

    From `memory` are the question asked last, for a message that leans on it, and what the assistant has just
    asked back, which it never does twice for the same message. `may_ask` says whether a doubt may be asked
    back at all.

    The intent is a hint: it decides how "not understood" is worded, and outweighs only a doubtful hit.
    """
    here = bound(turn)
    if here is None:
        return unbound()
    search, clinic = here
    memory = memory or Memory()
    with part("search"):
        found = tuple(search.follow_up(turn.text, turn.clinic, memory.last_question))
    if turn.language == "es" and not any(u.known and u.sure for u in found):
        return Answered(_in_spanish(turn, clinic), clinic, found)
    offered = (_doubt(turn, found, clinic, memory.last_question) or _perhaps(turn, found, clinic)) if may_ask else ()
    if not offered:
        return _told(turn, found, clinic, memory.given)
    if memory.asked and not _new(turn, offered, memory.asked):
        return replace(say_fixed("no_answer", "none_of_these", turn, clinic), found=found)
    reply, shown = ask_back(offered, clinic, turn.form)
    return Answered(reply, clinic, found, Asked(tuple(q.id for q in shown), key(turn.text)))


def _told(turn: Turn, found: tuple[Understood, ...], clinic: Clinic, given: tuple[str, ...]) -> Answered:
    """The reply to what was understood without a doubt, or that nothing was."""
    known = [u for u in found if u.known and not u.off_topic]
    off_topic = any(u.known and u.off_topic for u in found)
    surest = _surest(found)  # of `known`
    if surest and doubtful(turn.off_topic, surest):
        off_topic = turn.off_topic > surest.confidence
        known = []
    if known:
        return Answered(compose(known, clinic, turn.form, advice=turn.advice, given=given), clinic, found)
    kind, words = _not_understood(turn, off_topic)
    return replace(say_fixed(kind, words, turn, clinic), found=found)


def _doubt(turn: Turn, found: Sequence[Understood], clinic: Clinic, previous: str) -> tuple[Question, ...]:
    """The questions that the only question of a message may mean about equally.

    None where it is off the topic, asks for advice (it is deferred), or says nothing by itself ("why?"); a message
    that leans on the question before it is clear enough if it was understood.
    """
    off_topic = turn.off_topic >= OFF_TOPIC_SURE
    only = found[0]
    if len(found) > 1 or off_topic or turn.advice or bare(turn.text):
        return ()
    unheard_of = only.features is not None and not only.features.cover  # the catalogue knows none of its words
    if unheard_of or (only.known and only.off_topic):
        return ()
    if only.rivals or (previous and leans(turn.text)):
        return choices(only.rivals, clinic)
    return in_doubt(only, clinic, turn.form) if only.known else ()


def _surest(found: Sequence[Understood]) -> Understood | None:
    known = [u for u in found if u.known and not u.off_topic]
    return max(known, key=lambda u: u.confidence, default=None)


def _perhaps(turn: Turn, found: Sequence[Understood], clinic: Clinic) -> tuple[Question, ...]:
    """The question that a message asks if it is on the topic at all, where that is in doubt and the FAQ answers it."""
    surest = _surest(found)
    if surest is None or surest.answer is None or turn.advice or not doubtful(turn.off_topic, surest):
        return ()
    return choices((surest.question,), clinic) if plausible(turn.off_topic, surest) else ()


def _in_spanish(turn: Turn, clinic: Clinic) -> Reply:
    """The FAQs are English: a Spanish line that offers a person, and defers what only a clinician may decide."""
    kind, need = ("defer", "spanish_defer") if turn.advice else ("no_answer", "spanish")
    text = help_text(need, turn.form, language="es", country=settings().country)
    return Reply(kind, (replace(framed("not_understood", clinic, turn.form), text=text),))


def _new(turn: Turn, offered: Sequence[Question], asked: Asked) -> bool:
    """Whether asking back would not repeat what was asked back just before."""
    return key(turn.text) != asked.text and not {q.id for q in offered} <= set(asked.questions)


def _not_understood(turn: Turn, off_topic: bool) -> tuple[str, str]:
    """Kind and name of the fixed sentence where no question was understood."""
    if turn.advice:
        return "defer", "defer_unknown"
    if off_topic or turn.intent == OUT_OF_SCOPE:
        return "out_of_scope", "out_of_scope"
    return "no_answer", "not_understood"
