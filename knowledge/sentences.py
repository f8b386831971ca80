"""The sentences of a message, and which of them ask something."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from knowledge.lean import lean_import
from knowledge.text import KEPT, clean

if TYPE_CHECKING:
    from spacy.language import Language

ASKS = (
    r"how|what|whats|what's|when|where|wheres|who|whom|whose|which|why|can|could|do|does|did|is|are|am|will|would|"
    r"should|shall|may|might|must|have|has|any|whether|hows|how's|were|was|r|wat|wut|wen|y|cud|shud|wud|wht|dose|"
    r"canI|cani"
)
OF_WHAT = r"(?:about|after|at|by|for|from|in|on|over|to|until|with) (?:how|what|which|whom)"  # "over how many weeks"
# what is asked of a thing, by its noun: "... and the odds of a relapse"
ATTRIBUTE = r"(?:price|cost|fee|length|duration|number|odds|chances?|risks?|amount|size|year|name|reason)s? (?:of|for)"
_OPENS_QUESTION = re.compile(
    r"(?:(?:and|also|but|so|ok|okay|hi|hello|hey|oh|well|plus|then|or|um|pls|please|plz|n|as well as|[+&])[\s,]+)*"
    rf"(?:{ASKS}|{OF_WHAT})\b",
    re.I,
)
# a statement that becomes a question at its end: "my blood pressure is not under control, is that a problem"
_TAG = re.compile(
    r"[,;\s](?:is|are|was|would|will|does) (?:that|this|it|those|these) (?:be )?(?:a |an |any |still )?(?:problem|"
    r"issue|ok|okay|fine|alright|all right|normal|bad|allowed|safe|matter|risk|common|possible|acceptable|enough|"
    r"too (?:late|much|many))"
    r"\W*$|\w\W+or (?:not|no)\W*$",
    re.I,
)
_INDIRECT = re.compile(
    r"\b(?:(?:wonder(?:ing)?|curious|asking)(?!\W*$|\s+for (?:an?|my|our|his|her) \w+\W*$)|"
    r"(?<!who )(?:(?:want|need|like|love)(?:s|ed)?|rather) (?:to )?(?:know|hear|understand|learn)|tell me|"
    r"let me know|remind me|(?:another|different|other|second|next|last|quick|more) question|"
    r"not sure|unsure|explain|confirm|please say|don'?t know|no idea|can'?t find|nobody (?:told|said)|"
    r"ask(?:s|ed)? (?:me )?(?:if|whether|about)|questions? (?:about|is)|(?<=\w )if (?:i|you|there))\b",
    re.I,
)
# what someone minds is a question in the words behind it: "I care about where I'd be sitting"
_MINDS = re.compile(
    r"\b(?:(?:care|worr(?:y|ied)|nervous|anxious|scared|concerned|unclear|puzzled) (?:about|as to)|"
    r"(?:concern|worry|(?:matters?|important|interests?|worries|bothers)(?: (?:to )?me)?(?: most)?) is)"
    r" (?:how|what|when|where|who|which|why|whether)\b",
    re.I,
)
# a clause before the next question: "... and if I forget mine can you ...", "... and once it is over do I ..."
WHEN = r"(?:if|once|when|after|before|while|during|until|in case)\b"
CASE = (
    rf"{WHEN}[^?.!]{{2,60}}?\b"
    r"(?:can|could|do|does|did|is|are|will|would|should|may|must|what|how|who|where)\s+"
    r"(?:i|you|u|we|they|he|she|it|that|there|my|(?:some|any)(?:one|body)|happens|much|long|many|soon)\b"
)
_OPENS_CASE = re.compile(rf"(?:(?:and|also|but|so|plus|n)[\s,]+)*{CASE}", re.I)
_OPENS_STATEMENT = re.compile(
    r"(?:(?:and|also|but|so|ok|okay|hi|hello|hey|plus|as well as|[+&])[\s,]+)*"
    r"(?:(?:how|what|whats|when|where|which|why|whether|can i|do you|could)\b"
    r"|(?-i:Who) (?:is|are|was|were|does|do|did|will|would|gets?|can)\b|am i\b"
    r"|(?:is|are|does|do|will|would|can|may) (?:i|you|it|there|they|we|he|she|the|this|these|those|my)\b)",
    re.I,
)
# said between two questions, of neither of them
_CONNECTIVE = re.compile(
    r"(?:^|(?<=[.!?;,:\u2026(]\s)|(?<=\band\s))(?:(?:oh|ok|okay|um),?\s+)?"
    r"(?:while (?:we'?re|we are|i'?m|i am) (?:at it|on (?:it|that|the (?:subject|topic)))|"
    r"while i(?:'ve)? (?:have|got) you|by the way|btw|"
    r"on (?:that|another|a (?:different|related|side)) note|before i forget|unrelated(?:ly)?|"
    r"one (?:more|other|last)(?: (?:thing|question)|(?=[:.,]))|speaking of (?:that|which)|if (?:so|yes))"
    r"(?:\s*[,:.]\s*|\s+)(?=\w)",
    re.I,
)
_STOPS = ".!?\u2026\n"
_GOES_ON = re.compile(rf"[{_STOPS}]\s*[^{_STOPS}\s]")  # behind a stop
_OFFERS = re.compile(r",|\bor\b", re.I)
_ASKED = re.compile(rf"\b(?:{ASKS})\b", re.I)
_PAUSE = re.compile(r"\s*(?::(?!\d)|\s[-\u2013\u2014]\s|\.{2,})\s*")


@cache
def _sentencizer() -> Language:
    nlp = lean_import("spacy").blank("en")
    nlp.add_pipe("sentencizer", config={"punct_chars": list(_STOPS)})
    return nlp


def sentences(text: str) -> list[str]:
    """The sentences of a short text, by spaCy's rules; a colon or a dash ends one too ("2 things: ...").

    >>> sentences("Who gives it: a nurse, a doctor, somebody else?")
    ['Who gives it, a nurse, a doctor, somebody else?']
    """
    return list(_sentences(text))


@lru_cache(maxsize=KEPT)
def _sentences(text: str) -> tuple[str, ...]:
    text = _PAUSE.sub(_at_pause, text)
    several = _GOES_ON.search(text)  # else spaCy would find one, at a cost
    found = [s.text.strip() for s in _sentencizer()(text).sents] if several else [text.strip()]
    return tuple(s for s in found if s.strip(" .!?"))


def _at_pause(pause: re.Match[str]) -> str:
    """What stands for a colon or a dash: between a question and the answers that it offers a comma, else a stop."""
    before = re.split(rf"[{_STOPS}]", pause.string[: pause.start()])[-1]
    after = re.split(rf"[{_STOPS}]|{_PAUSE.pattern}", pause.string[pause.end() :])[0]
    offers = _OFFERS.search(after) and not _ASKED.search(after)
    return ", " if offers and opens_question(before.strip()) else ". "


@lru_cache(maxsize=KEPT)
def one_line(text: str) -> str:
    """A message of several lines in one: where a line ends a sentence does. What only links questions is left out."""
    *lines, last = [line for line in map(clean, text.splitlines()) if line] or [clean(text)]
    return _CONNECTIVE.sub("", " ".join([*(line if line[-1] in ".!?,;:" else f"{line}\u2026" for line in lines), last]))


def asks(text: str) -> bool:
    """Whether a sentence looks like a question: its mark, its opening, or an indirect form.

    A sentence that ends with a full stop and opens with an auxiliary is none ("Have been low since."), unless its
    subject follows ("Am I to come early.").
    """
    text = text.rstrip()
    if text.endswith("?") or _INDIRECT.search(text) or _MINDS.search(text) or _TAG.search(text):
        return True
    if _OPENS_CASE.match(text):
        return True
    return bool((_OPENS_STATEMENT if text.endswith(".") else _OPENS_QUESTION).match(text))


def opens_question(sentence: str) -> bool:
    """Whether a sentence begins as a question does."""
    return bool(_OPENS_QUESTION.match(sentence))
