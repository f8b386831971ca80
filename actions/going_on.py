""" "Tell me more": what the last reply had no room for, then the neighbours of the question asked last."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.answering import Answered, bound, say_fixed, unbound
from actions.choosing import told
from actions.context import Turn
from actions.memory import Memory
from knowledge.compose import also
from knowledge.near import next_entry
from knowledge.text import key

INTENT = "tell_more"
_MORE = re.compile(
    r"(?:(?:ok|okay|yes|yeah|and|please|pls|so|hm|thanks|thank you|can you|could you|would you) )*"
    r"(?:tell me (?:some )?more|(?:say|give me|show me|i want|know|any|some|want) more|more|go on|carry on|continue|"
    r"keep going|what else|anything else|what more|more (?:info|information|details?)|next|the rest|and the rest|"
    r"elaborate|go ahead and tell me more)"
    r"(?: (?:about|on|of) (?:it|that|this|them|those))?(?: (?:is there|do you know|do you have|can you tell me))?"
    r"(?: (?:please|pls|thanks))?"
)


def wants_more(text: str) -> bool:
    """Whether a message asks to go on, and for nothing in particular.

    >>> wants_more("MORE"), wants_more("ok, tell me more about that please"), wants_more("what else?")
    (True, True, True)
    >>> wants_more("tell me more about parking"), wants_more("more pain after an infusion?")
    (False, False)
    """
    return bool(_MORE.fullmatch(key(text)))


def go_on(turn: Turn, memory: Memory) -> Answered:
    """What an SMS left out; else the nearest entry not yet given on the topic; else that there is no more."""
    here = bound(turn)
    if here is None:
        return unbound()
    search, clinic = here
    left_out = [q for q in memory.left_out if q in search.index.number_of]
    if left_out:
        return told(turn, search, clinic, left_out, given=memory.given)
    if memory.last_question not in search.index.number_of:
        return say_fixed("smalltalk", "more_of_what", turn, clinic, contact=False)
    found = next_entry(search.index, clinic, memory.last_question, set(memory.given))
    if found is None:
        return say_fixed("no_answer", "nothing_more", turn, clinic)
    question, _ = found
    answered = told(turn, search, clinic, [question.id], given=memory.given)
    return replace(answered, reply=also(question, answered.reply, clinic, turn.form))
