"""Rules on one of several questions of a message, beside what the search understands of it."""

from __future__ import annotations

from knowledge.leaning import NAMES_ITSELF, leans
from knowledge.sentences import opens_question
from knowledge.text import terms
from knowledge.understood import Understood

# The share of the whole message in the scores of one of several questions in it
ONE_OF_SEVERAL = 0.3
ELLIPTICAL = 0.5  # of a part with hardly a word of its own: "... and what should I have?"
# topics whose questions name nothing that has a price of its own: "it" behind them is the treatment
UNPRICED = frozenset({"eligibility", "side_effects", "effectiveness", "medications", "recreational_use"})


def asks_plainly(part: str) -> bool:
    """Whether a part of a message is a question of its own: "Tell me straight" and "Thursday?" are none.

    It may be said back to the patient: nothing with a number in it, which may identify somebody.
    """
    asked = (part.endswith("?") or opens_question(part)) and len(terms(part)) >= NAMES_ITSELF
    return asked and "@" not in part and not any(map(str.isdigit, part))


def price_of_unanswered(part: Understood, before: Understood | None) -> bool:
    """Whether a part asks the price of what the part before it asks for, and the FAQ says nothing of that.

    "Do you have the nasal spray, and how much is it?": the price of an infusion would be taken for the spray's. Not
    so behind a question on what has no price of its own: "Can I come with gout, and what does it cost?".
    """
    if before is None or not before.known or before.answer or part.question.topic != "cost":
        return False
    if before.question.topic in UNPRICED:
        return False
    return leans(part.text) or len(terms(part.text)) < 2


def share_of_whole(read: str) -> float:
    """How much of the whole message a part of it, as it is read, needs to be understood."""
    return ELLIPTICAL if len(terms(read)) < 2 else ONE_OF_SEVERAL
