"""The patient's reply to the assistant's own question "did you mean one of these?"."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from actions.answering import Answered, bound, say_fixed
from actions.context import Turn
from actions.memory import Asked, Memory
from knowledge.clarify import names_a_place, pick, refuses
from knowledge.compose import compose
from knowledge.model import Clinic
from knowledge.near import meant
from knowledge.reply import Message, Reply, framed
from knowledge.search import Search


def choose(turn: Turn, memory: Memory) -> Answered | None:
    """The chosen questions answered by their ids, or what is said to "none"; None where the message says neither.

    A number where nothing was asked back is not understood. A question that a newer index no longer has cannot
    be chosen.
    """
    here, asked = bound(turn), memory.asked
    if here is None:
        return None
    search, clinic = here
    if asked is None:
        return say_fixed("no_answer", "not_understood", turn, clinic) if _only_chooses(turn.text) else None
    offered = _known(search, asked)
    picked = pick(turn.text, [_heading(search, q) for q in offered])
    if picked:
        return told(turn, search, clinic, [offered[i] for i in picked], given=memory.given)
    if refuses(turn.text):
        return none_of_these(turn, clinic)
    return _which_one(turn, search, clinic, asked) if turn.text.strip().isdigit() else None


def accept(turn: Turn, memory: Memory) -> Answered | None:
    """What a plain yes means: the only choice; among several it is asked which one. None where nothing was asked."""
    here, asked = bound(turn), memory.asked
    if asked is None or here is None:
        return None
    search, clinic = here
    offered = _known(search, asked)
    if len(offered) == 1:
        return told(turn, search, clinic, offered, given=memory.given)
    return _which_one(turn, search, clinic, asked)


def decline(turn: Turn, memory: Memory) -> Answered | None:
    """What a plain no means: none of the choices. None where nothing was asked."""
    here = bound(turn)
    return none_of_these(turn, here[1]) if memory.asked and here else None


def told(
    turn: Turn,
    search: Search,
    clinic: Clinic,
    questions: Sequence[str],
    *,
    given: Collection[str] = (),
) -> Answered:
    """The answers to questions of the catalogue by their ids, without a search. Raises KeyError for an unknown id."""
    found = tuple(meant(search.index, clinic, q, turn.text) for q in questions)
    return Answered(compose(found, clinic, turn.form, given=given), clinic, found)


def none_of_these(turn: Turn, clinic: Clinic) -> Answered:
    """What is said when no choice is the right one: other words, or a person."""
    return say_fixed("no_answer", "none_of_these", turn, clinic)


def _only_chooses(text: str) -> bool:
    """Whether a message does nothing but take or refuse a choice, so that the search has nothing to go by."""
    return names_a_place(text) or refuses(text)


def _which_one(turn: Turn, search: Search, clinic: Clinic, asked: Asked) -> Answered:
    """The same choices once more, to a message that takes none of them in particular."""
    words = framed("which_one", clinic, turn.form, contact=False).text
    buttons = tuple(_heading(search, q) for q in _known(search, asked)) if turn.form != "sms" else ()
    return Answered(Reply("clarify", (Message(words, buttons),)), clinic, asked=asked)


def _known(search: Search, asked: Asked) -> list[str]:
    return [q for q in asked.questions if q in search.index.number_of]


def _heading(search: Search, question_id: str) -> str:
    return search.index.questions[search.index.number_of[question_id]].heading
