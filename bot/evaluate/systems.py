"""The systems that are judged in process: the search alone, and a ranking with the same answers behind it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.evaluate.gold import GoldRow
from bot.evaluate.outcomes import Reply
from knowledge.clarify import choices
from knowledge.compose import compose
from knowledge.model import Clinic
from knowledge.search import Search
from knowledge.understood import Understood

PASSAGE = "passage"  # stands for the entry where a page's passage was given


def alone(search: Search, row: GoldRow) -> Reply:
    """The reply by the search without Rasa, on the web: no intent, no gates on top of it.

    `score` is the confidence of the surest question that an entry answers, or else of the surest question.
    """
    found = search.understand(row.text, row.clinic)
    if _doubt(found, search.clinic(row.clinic)):
        return Reply("clarify", score=found[0].confidence)
    known = [u for u in found if u.known and not u.off_topic]
    if not known:
        kind = "out_of_scope" if any(u.known for u in found) else "no_answer"
        return Reply(kind, score=_surest(found))
    reply = compose(known, search.clinic(row.clinic), "web")
    return Reply(
        kind=reply.kind,
        text="\n".join(m.text for m in reply.messages),
        entries=reply.entries,
        questions=tuple(u.question.id for u in known),
        score=_surest([u for u in known if u.answer] or known),
    )


def without_threshold(search: Search, eager: Search, row: GoldRow) -> Reply:
    """The reply of `search`, and where it understood nothing that of `eager` (the same with the threshold at 0).

    For the curve of risk against coverage: sorted by score, the replies of `search` come first.
    """
    reply = alone(search, row)
    return reply if reply.questions else alone(eager, row)


def look_up(clinic: Clinic, question: str | None, score: float = 0.0) -> Reply:
    """The reply of a system that found a question and gives this clinic's answer to it, or says there is none."""
    answer = clinic.answer_to(question) if question else None
    if answer is None:
        return Reply("no_answer", questions=(question,) if question else (), score=score)
    return Reply("answer", answer.text, ((clinic.id, answer.id),), (answer.questions[0],), score)


def passage(row: GoldRow, passages: Sequence[str], *, depth: int = 1) -> Reply:
    """The reply of a system that gives the best `depth` passages of the clinic's page: it never declines."""
    text = "\n".join(passages[:depth])
    return Reply("answer", text, ((row.clinic, PASSAGE),)) if text else Reply("no_answer")


def answer_ceiling(row: GoldRow, clinic: Clinic) -> Reply:
    """The reply of a system that finds the labelled questions always: what the answers' texts allow."""
    answers = [clinic.answer_to(labels[0]) for labels in row.questions if labels]
    entries = tuple(dict.fromkeys((clinic.id, a.id) for a in answers if a))
    text = "\n".join(a.text for a in answers if a)
    return Reply("answer", text, entries) if entries else Reply("no_answer")


def _surest(found: Sequence[Understood]) -> float:
    return max((u.confidence for u in found), default=0.0)


def _doubt(found: Sequence[Understood], clinic: Clinic) -> bool:
    """Whether the assistant would ask back which question is meant (as `actions.answering` does)."""
    if len(found) != 1 or (found[0].known and found[0].off_topic):
        return False
    return bool(choices(found[0].rivals, clinic))
