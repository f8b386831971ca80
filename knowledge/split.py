"""A message cut into the questions that it asks, each with the rest of the message as its context."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from knowledge.lean import lean_import

if TYPE_CHECKING:
    from spacy.language import Language

MAX_QUESTIONS = 3
MIN_WORDS = 2

_ASKS = (
    r"how|what|whats|what's|when|where|wheres|who|whom|whose|which|why|can|could|do|does|did|is|are|am|will|would|"
    r"should|shall|may|must|have|has|any|hows|how's|were|was|r|wat|wut|wen|y|cud|shud|wud|wht|dose|canI|cani"
)
_OPENS_QUESTION = re.compile(
    rf"(?:(?:and|also|but|so|ok|okay|hi|hello|hey|oh|well|plus|then|or|um|pls|please|plz|n)[\s,]+)*(?:{_ASKS})\b",
    re.I,
)
_INDIRECT = re.compile(
    r"\b(?:wonder(?:ing)?|want(?:ed)? to know|need to know|like to know|tell me|curious|not sure|unsure|explain|"
    r"don'?t know|no idea|can'?t find|nobody (?:told|said)|asking|question(?:s)? (?:about|is)|if (?:i|you|there))\b",
    re.I,
)
# where one sentence turns to its next question: "... and how much ...", ", can i ...", "... also do ..."
_TURN = re.compile(
    rf"\s*(?:[,;/]\s*|\s)(?:and|also|plus|n|&|\+)\s+(?:also\s+)?(?=(?:{_ASKS})\b)"
    rf"|\s*[,;]\s*(?=(?:how|what|when|where|who|which|why|can i|can you|do i|do you|is it|is there|are there|will i|"
    rf"does it|should i)\b)"
    rf"|\s+(?:and|also|plus)\s+(?:also|then|another thing|second)\s*,?\s+",
    re.I,
)


@cache
def _sentencizer() -> Language:
    nlp = lean_import("spacy").blank("en")
    nlp.add_pipe("sentencizer", config={"punct_chars": [".", "!", "?", "\u2026", "\n"]})
    return nlp


def sentences(text: str) -> list[str]:
    """The sentences of a short text, by spaCy's rules."""
    return [s.text.strip() for s in _sentencizer()(text).sents if s.text.strip(" .!?")]


def asks(text: str) -> bool:
    """Whether a sentence looks like a question: its mark, its opening, or an indirect form."""
    return text.rstrip().endswith("?") or bool(_OPENS_QUESTION.match(text)) or bool(_INDIRECT.search(text))


def split(text: str) -> list[str]:
    """The questions of a message in order, one to MAX_QUESTIONS; the whole message where none stands out.

    >>> split("I'm scared. How long does it take and can I drive home after?")
    ['How long does it take', 'can I drive home after?']
    """
    parts: list[str] = []
    for sentence in sentences(text):
        parts += [p.strip(" ,;") for p in _TURN.split(sentence) if p and p.strip(" ,;.!?")]
    questions = [p for p in parts if asks(p) and (len(p.split()) >= MIN_WORDS or p.endswith("?"))]
    if len(questions) < 2:
        return questions or [text]
    return questions[:MAX_QUESTIONS]
