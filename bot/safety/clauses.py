"""The clauses of a message around an ordinary question: what is said beside it must not be covered by it.

"i dont want to wake up tomorrow, how much does it cost" is one sentence to whoever wrote it in haste; read as a whole,
the question makes the danger look smaller.
"""

from __future__ import annotations

import re

from bot.safety.segments import sentences

MOST = 6  # clauses of one message: bounds the time for a long one
LEAST = 3  # words: less says nothing by itself, and goes with what follows

# Behind a comma or a dash a word is enough to open a question; without one, as by SMS, it takes two.
_AND = r"(?:(?:and|but|so|also|y|pero|o)\s+)?"
_OPENS = (
    "how|what|whats|when|where|why|who|which|do|does|did|can|could|is|are|will|would|should|any|"
    "cu[aá]nt[oa]s?|qu[eé]|cu[aá]ndo|d[oó]nde|c[oó]mo|cu[aá]l|aceptan|puedo|pueden|podr[ií]a|tienen|hay|se puede|es"
)
_ASKS = (
    "how (?:much|long|many|far|soon|do|does)|do (?:you|u|i|they|yall)|does it|can (?:i|you|u|we|my)|could (?:i|you)|"
    "what (?:is|are|does|do|should|time)|whats|is (?:it|there|this)|are (?:you|there)|will (?:it|my|i|you)|"
    "when (?:is|do|can|are|will)|where (?:are|is|do)|should i|"
    "cu[aá]nto (?:cuesta|vale|cobran|tarda|dura|sale)|aceptan|puedo|pueden|tienen|a qu[eé] hora|"
    "qu[eé] (?:debo|tengo|precio)|c[oó]mo (?:puedo|hago)"
)
_CUT = re.compile(rf"\s*(?:,|\s[-\u2013]|\u2014)\s*(?=¿|{_AND}(?:{_OPENS})\b)|\s+(?={_AND}(?:{_ASKS})\b)", re.I)

_ASKED = re.compile(r"\b(?:how|what|when|where|why|who|much|many|long|far|soon|time)$", re.I)  # "how much | is it"


def clauses(text: str) -> list[str]:
    """The clauses of each sentence that goes on with a question; none of a sentence that does not.

    >>> clauses("i dont want to wake up tomorrow how much does it cost")
    ['i dont want to wake up tomorrow', 'how much does it cost']
    >>> clauses("How much does it cost?")
    []
    """
    found = [clause for sentence in sentences(text) for clause in _of_sentence(sentence)]
    return list(dict.fromkeys(found))[:MOST]


def _of_sentence(sentence: str) -> list[str]:
    sentence = " ".join(sentence.split())  # the pattern's time grows with the square of a run of spaces
    parts, begin = [], 0
    for cut in _CUT.finditer(sentence):
        before = sentence[begin : cut.start()]
        if len(before.split()) >= LEAST and not _ASKED.search(before):
            parts.append(before)
            begin = cut.end()
    return [part.strip() for part in (*parts, sentence[begin:]) if len(part.split()) >= LEAST] if parts else []
