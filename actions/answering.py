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
OFF_TOPIC_SURE = 0.6  # an intent of out_of_scope this sure outweighs a doubtful hit of the search
HIT_SURE = 0.9


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


def answer(turn: Turn) -> Answered:
    """The reply to a question, from the FAQ of the turn's clinic and no other.

    The intent is a hint: it decides how "not understood" is worded, and outweighs only a doubtful hit.
    """
    search = knowledge_service().search()
    try:
        clinic = search.clinic(turn.clinic)
    except UnknownClinicError:
        return Answered(Reply("error", (Message(UNBOUND),)), None, ())
    found = search.understand(turn.text, turn.clinic)
    known = [u for u in found if u.known]
    off_topic = turn.intent == "out_of_scope" and turn.intent_confidence >= OFF_TOPIC_SURE
    if off_topic and all(u.confidence < HIT_SURE for u in known):
        known = []
    if known:
        advice = turn.intent == "medical_advice"
        return Answered(compose(known, clinic, turn.form, advice=advice), clinic, tuple(found))
    kind, words = _not_understood(turn)
    return Answered(Reply(kind, (framed(words, clinic, turn.form),)), clinic, tuple(found))


def _not_understood(turn: Turn) -> tuple[str, str]:
    """Kind and name of the fixed sentence where no question was understood."""
    if turn.intent == "medical_advice":
        return "defer", "defer_unknown"
    if turn.intent == "out_of_scope":
        return "out_of_scope", "out_of_scope"
    return "no_answer", "not_understood"
