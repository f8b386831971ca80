"""From a patient's words to the reply: what every action that answers a question does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from actions.context import Turn
from actions.services import knowledge_service
from knowledge.compose import Message, Reply, compose, framed
from knowledge.errors import UnknownClinicError
from knowledge.model import Clinic
from knowledge.search import Understood

UNBOUND = (
    "This conversation is not bound to a clinic, so I cannot answer. Staff: start it with "
    "`faqbot shell --clinic NAME`, or set FAQBOT_SHELL_CLINIC for a plain `rasa shell`."
)
# The intent as evidence beside the search (measured in docs/decisions.md):
OFF_TOPIC_SURE = 0.5  # an intent of out_of_scope this sure outweighs a hit
HIT_SURE = 0.9  # ... below this confidence
INTENT_UNSURE = 0.5  # a message of no clear intent needs a hit
HIT_FAIR = 0.65  # ... of this confidence


@dataclass(frozen=True)
class Answered:
    """A reply with what it rests on."""

    reply: Reply
    clinic: Clinic | None
    found: tuple[Understood, ...]

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


def answer(turn: Turn, previous: str = "") -> Answered:
    """The reply to a question, from the FAQ of the turn's clinic and no other.

    `previous` is the id of the question that this conversation asked last, for a message that leans on it.

    The intent is a hint: it decides how "not understood" is worded, and outweighs only a doubtful hit.
    """
    search = knowledge_service().search()
    try:
        clinic = search.clinic(turn.clinic)
    except UnknownClinicError:
        return Answered(Reply("error", (Message(UNBOUND),)), None, ())
    found = search.follow_up(turn.text, turn.clinic, previous)
    known = [u for u in found if u.known and not u.off_topic]
    best = max((u.confidence for u in known), default=0.0)
    if _doubtful(turn, best):
        known = []
    if known:
        advice = turn.intent == "medical_advice"
        return Answered(compose(known, clinic, turn.form, advice=advice), clinic, tuple(found))
    kind, words = _not_understood(turn, any(u.known and u.off_topic for u in found))
    return Answered(Reply(kind, (framed(words, clinic, turn.form),)), clinic, tuple(found))


def _doubtful(turn: Turn, confidence: float) -> bool:
    """Whether search and intent together leave too much doubt that the FAQ was asked at all."""
    if turn.intent == "out_of_scope" and turn.intent_confidence >= OFF_TOPIC_SURE:
        return confidence < HIT_SURE
    return turn.intent_confidence < INTENT_UNSURE and confidence < HIT_FAIR


def _not_understood(turn: Turn, off_topic: bool) -> tuple[str, str]:
    """Kind and name of the fixed sentence where no question was understood."""
    if turn.intent == "medical_advice":
        return "defer", "defer_unknown"
    if off_topic or turn.intent == "out_of_scope":
        return "out_of_scope", "out_of_scope"
    return "no_answer", "not_understood"
