"""A message cut into the questions that it asks, each with the rest of the message as its context."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from knowledge.lean import lean_import
from knowledge.text import terms

if TYPE_CHECKING:
    from spacy.language import Language

MAX_QUESTIONS = 3
MIN_WORDS = 2
MAX_LEANING = 7  # words: a longer message says itself what it is about
NAMES_ITSELF = 2  # content words of a question that asks for a thing of its own ("Would you treat me?" has one)

_ASKS = (
    r"how|what|whats|what's|when|where|wheres|who|whom|whose|which|why|can|could|do|does|did|is|are|am|will|would|"
    r"should|shall|may|might|must|have|has|any|hows|how's|were|was|r|wat|wut|wen|y|cud|shud|wud|wht|dose|canI|cani"
)
_OF_WHAT = r"(?:about|after|at|by|for|from|in|on|over|to|until|with) (?:how|what|which|whom)"  # "over how many weeks"
_OPENS_QUESTION = re.compile(
    r"(?:(?:and|also|but|so|ok|okay|hi|hello|hey|oh|well|plus|then|or|um|pls|please|plz|n)[\s,]+)*"
    rf"(?:{_ASKS}|{_OF_WHAT})\b",
    re.I,
)
# a statement that becomes a question at its end: "my blood pressure is not under control, is that a problem"
_TAG = re.compile(
    r"[,;\s](?:is|are|was|would|will|does) (?:that|this|it|those|these) (?:be )?(?:a |an |any |still )?(?:problem|"
    r"issue|ok|okay|fine|alright|all right|normal|bad|allowed|safe|matter|risk|common|possible|too (?:late|much|many))"
    r"\W*$|\w\W+or (?:not|no)\W*$",
    re.I,
)
_INDIRECT = re.compile(
    r"\b(?:wonder(?:ing)?|want(?:ed)? to know|need to know|like to know|tell me|curious|not sure|unsure|explain|"
    r"don'?t know|no idea|can'?t find|nobody (?:told|said)|asking|question(?:s)? (?:about|is)|if (?:i|you|there))\b",
    re.I,
)
# a clause before the next question: "... and if I forget mine can you ...", "... and once it is over do I ..."
_WHEN = r"(?:if|once|when|after|before|while|during|until|in case)\b"
_CASE = (
    rf"{_WHEN}[^?.!]{{2,60}}?\b"
    r"(?:can|could|do|does|did|is|are|will|would|should|may|must|what|how|who|where)\s+"
    r"(?:i|you|u|we|they|he|she|it|there|my|happens|much|long|many|soon)\b"
)
# where one sentence turns to its next question: "... and how much ...", ", can i ...", "... also do ..."
_TURN = re.compile(
    rf"\s*(?:[,;/]\s*|\s)(?:and|also|plus|n|&|\+)\s+(?:also\s+)?(?=(?:{_ASKS}|{_OF_WHAT})\b)"
    rf"|\s*[,;]\s*(?=(?:how|what|when|where|who|which|why|can i|can you|do i|do you|is it|is there|are there|will i|"
    rf"does it|should i)\b)"
    rf"|\s*,?\s+(?:and|plus|n|&)\s+(?:also\s+)?(?={_CASE})"
    rf"|(?<!\bnow)\s+(?:and|also|plus)\s+(?:also|then|another thing|second)\s*,?\s+"
    rf"|(?<=\bkilling me)\s+(?=(?:{_ASKS})\b)",
    re.I,
)
_OPENS_CASE = re.compile(rf"(?:(?:and|also|but|so|plus|n)[\s,]+)*{_CASE}", re.I)
_ONLY_CASE = re.compile(rf"{_WHEN}(?!.*\b(?:{_ASKS})\b)", re.I)  # "if mine won't": belongs to what comes next
_OPENS_STATEMENT = re.compile(
    r"(?:(?:and|also|but|so|ok|okay|hi|hello|hey|plus)[\s,]+)*"
    r"(?:how|what|whats|when|where|which|why|can i|do you|could)\b",
    re.I,
)
_IDIOM = re.compile(r"\bkilling me\W*$", re.I)  # "my back is killing me, what does it cost": no question of its own
# behind a question: what is told with it is asked too ("Would you see me with X? Also I smoke Y now and then.")
_MORE = re.compile(r"(?:and )?(?:also|plus)\b", re.I)
_PAUSE = re.compile(r"\s*(?::(?!\d)|\s[-\u2013\u2014]\s|\.{2,})\s*")
# "My questions: 1) private room or shared 2) chair or bed", or with dashes, or (a) and (b)
_ITEM = re.compile(r"(?:(?<=\s)|(?<=:)|^)(?:\(?[1-4][.)]|\([a-d]\)|[-\u2013\u2022*])\s+")
_ANAPHORA = re.compile(
    r"(?:what|how) about (?:that|it|those|these|them|this)\W*|(?:is|are) (?:that|those|it) ok(?:ay)?\W*", re.I
)
_LEANS = re.compile(
    r"^(?:and|or|but|so|what about|how about|why|how come|really|for|also)\b|\b(?:that|it|this|those|they|them)\b",
    re.I,
)
_BARE = re.compile(
    r"(?:(?:but|and|so|ok|oh)\s+)*(?:why(?:\s+(?:not|is that|so))?|how come|how so|really|and|so)\W*", re.I
)
# what a last sentence says of the two things told before it
_POINTS_BACK = re.compile(
    r"\b(?:both|either|each|(?:these|those|the) two|any of (?:these|those|them)|(?:these|those)(?=\W*$)|them|"
    r"the one and the other)\b"
    r"|^(?:are|do|would|will|is|does) (?:any of )?(?:these|those)\b",
    re.I,
)
# of two things named together: asked of each (`conjuncts`), not a question by itself
_PAIR = re.compile(r"\b(?:both|either|each|the two) of (?:them|these|those)\b", re.I)
_CONJUNCTION = re.compile(r"\s*,?\s+(?:and|or|plus|n|&)\s+(?:also\s+)?", re.I)


@cache
def _sentencizer() -> Language:
    nlp = lean_import("spacy").blank("en")
    nlp.add_pipe("sentencizer", config={"punct_chars": [".", "!", "?", "\u2026", "\n"]})
    return nlp


def sentences(text: str) -> list[str]:
    """The sentences of a short text, by spaCy's rules; a colon or a dash ends one too ("2 things: ...")."""
    found = [s.text.strip() for s in _sentencizer()(_PAUSE.sub(". ", text)).sents]
    return [s for s in found if s.strip(" .!?")]


def asks(text: str) -> bool:
    """Whether a sentence looks like a question: its mark, its opening, or an indirect form.

    A sentence that ends with a full stop and opens with an auxiliary is none ("Have been low since.").
    """
    text = text.rstrip()
    if text.endswith("?") or _INDIRECT.search(text) or _TAG.search(text):
        return True
    if _OPENS_CASE.match(text) and not text.endswith("."):
        return True
    return bool((_OPENS_STATEMENT if text.endswith(".") else _OPENS_QUESTION).match(text))


def split(text: str) -> list[str]:
    """The questions of a message in order, one to MAX_QUESTIONS; the whole message where none stands out.

    >>> split("I'm scared. How long does it take and can I drive home after?")
    ['How long does it take', 'can I drive home after?']
    """
    if _PAIR.search(text):
        return [text]
    if len(items := _items(text)) > 1:
        return items[:MAX_QUESTIONS]
    questions: list[str] = []
    for sentence in sentences(text):
        parts = _parts(sentence)
        parts = [p for p in parts if not _IDIOM.search(p)] or parts
        marked = sentence.endswith("?") and len(parts) > 1
        if questions and _MORE.match(sentence) and len(terms(sentence)) > NAMES_ITSELF:
            questions += parts if any(map(asks, parts)) else [sentence]
        else:
            questions += [p for p in parts if marked or (asks(p) and (len(p.split()) >= MIN_WORDS or p.endswith("?")))]
    return questions[:MAX_QUESTIONS] or [text]


def _items(text: str) -> list[str]:
    """The items of a list that is all the message asks: its first mark begins the message, or follows a colon."""
    before, *items = _ITEM.split(text)
    if before.strip() and not before.rstrip().endswith((":", "\n")):
        return []
    return [item.strip(" ,;") for item in items if len(terms(item)) > 0]


def leans(text: str) -> bool:
    """Whether a short message needs the question before it to be understood.

    >>> leans("and for migraines?"), leans("why?"), leans("how much is that?"), leans("how much is it?")
    (True, True, True, True)
    >>> leans("what should I wear to my infusion?")
    False
    """
    return len(text.split()) <= MAX_LEANING and bool(_LEANS.search(text))


def bare(text: str) -> bool:
    """Whether a message says nothing without the question before it: "why?", "how come", "really?"."""
    return bool(_BARE.fullmatch(text.strip()))


def conjuncts(text: str) -> list[str]:
    """The two halves of a message around its only "and", "or" or "plus", or nothing.

    For two things asked by one verb ("do you treat fibromyalgia and migraines?"): the search decides whether
    the halves are two questions. Nothing where the last of several sentences asks for itself: then the word joins
    what is told ("I'm off the pills and proud of it. Can one get hooked on ketamine?").
    """
    found = sentences(text)
    if len(found) > 1 and not _POINTS_BACK.search(found[-1]) and len(terms(found[-1])) >= NAMES_ITSELF:
        return []
    halves = [h.strip(" ,;") for h in _CONJUNCTION.split(text)]
    return halves if len(halves) == 2 and all(halves) else []


def _parts(sentence: str) -> list[str]:
    """A sentence cut where it turns to its next question; a bare "what about that?" stays with what it means."""
    parts: list[str] = []
    for piece in _TURN.split(sentence):
        piece = (piece or "").strip(" ,;")
        if not piece.strip(" .!?"):
            continue
        if parts and (_ANAPHORA.fullmatch(piece) or _ONLY_CASE.match(parts[-1])):
            parts[-1] = f"{parts[-1]}, {piece}"
        else:
            parts.append(piece)
    return parts
