"""What became of a message: right, wrong, declined, or answered though the page does not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.errors import FaqbotError
from bot.evaluate.gold import GoldRow

Outcome = Literal["right", "wrong", "declined", "wrongly answered"]


@dataclass(frozen=True)
class Reply:
    """What a system replied: the text that the patient reads (sources aside), and what it rests on.

    `entries` are (clinic, entry) pairs, `questions` those understood; `score` is how sure the system was of
    what it gave, on its own scale.
    """

    kind: str
    text: str = ""
    entries: tuple[tuple[str, str], ...] = ()
    questions: tuple[str, ...] = ()
    score: float = 0.0


@dataclass(frozen=True)
class Judged:
    """A message, the reply to it, and what that makes."""

    row: GoldRow
    reply: Reply
    outcome: Outcome

    @property
    def given(self) -> bool:
        """Whether an entry was given."""
        return bool(self.reply.entries)

    @property
    def foreign(self) -> bool:
        """Whether an entry of another clinic was given: must never be."""
        return any(clinic != self.row.clinic for clinic, _ in self.reply.entries)


def judge(row: GoldRow, reply: Reply) -> Judged:
    """The outcome of a reply.

    Without an entry: declined, whatever the kind of reply. With one: right where the text holds every fact asked
    for and an entry is of the row's clinic, else wrong; for an unanswerable row wrongly answered.
    """
    if not reply.entries:
        return Judged(row, reply, "declined")
    if row.unanswerable:
        return Judged(row, reply, "wrongly answered")
    own = any(clinic == row.clinic for clinic, _ in reply.entries)
    return Judged(row, reply, "right" if own and row.holds(reply.text) else "wrong")


def from_batch(row: Mapping[str, Any]) -> Reply:
    """The reply in a row of `faqbot ask --output` (docs/architecture.md).

    Raises FaqbotError for a row of kind `error`: a server's fault is no figure of quality.
    """
    if row["kind"] == "error":
        raise FaqbotError(f"question {row['id']} got no reply: {row['text']}; look at the logs in run/ and run again")
    return Reply(
        kind=row["kind"],
        text="\n".join(m["text"] for m in row["messages"]),
        entries=tuple((e["clinic"], e["id"]) for e in row["entries"]),
        questions=tuple(q["id"] for q in row["questions"]),
        score=max((float(q["score"]) for q in row["questions"]), default=0.0),
    )
