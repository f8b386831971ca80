"""A message as the screen reads it: plain words, and the pieces in which a danger may hide."""

from __future__ import annotations

import re
import unicodedata

MAX_LENGTH = 10_000
MAX_PIECES = 12  # of one message: bounds the time for a long one
WINDOW = 16  # words of a piece that is looked at by itself

_SHORT = {
    "u": "you", "ur": "your", "2": "to", "anymor": "anymore", "anymre": "anymore", "breth": "breathe",
    "myslef": "myself", "mysef": "myself", "mself": "myself", "dye": "die", "dieing": "dying", "liv": "live",
    "kil": "kill", "suicidial": "suicidal", "suicidel": "suicidal",
}  # fmt: skip
_END = re.compile(r"(?<=[.!?;\n…])\s+|\n+")


def normalise(text: str) -> str:
    """`text` as small letters and digits without accents and apostrophes, one space around each word.

    >>> normalise("I DON'T want to…")
    ' i dont want to '
    """
    text = unicodedata.normalize("NFKD", text[:MAX_LENGTH]).lower()
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"['\u2018\u2019`\u00b4\u02bc]", "", text)
    words = re.sub(r"[^a-z0-9]+", " ", text).split()
    return " " + " ".join(_SHORT.get(w, w) for w in words) + " "


def sentences(text: str) -> list[str]:
    """The sentences of `text`, as it is punctuated."""
    return [s.strip() for s in _END.split(text[:MAX_LENGTH]) if s.strip()]


def pieces(text: str) -> list[str]:
    """The whole text, then what it consists of: sentences, and windows of WINDOW words in long ones.

    At most MAX_PIECES; of a very long text the pieces lie evenly over it.
    """
    whole = text[:MAX_LENGTH].strip()
    parts: list[str] = []
    for sentence in sentences(whole):
        words = sentence.split()
        if len(words) <= WINDOW * 1.5:
            parts.append(sentence)
            continue
        parts += [" ".join(words[i : i + WINDOW]) for i in range(0, len(words) - WINDOW // 2, WINDOW // 2)]
    parts = [p for p in dict.fromkeys(parts) if p != whole and len(p.split()) > 1]
    if len(parts) > MAX_PIECES - 1:
        step = len(parts) / (MAX_PIECES - 1)
        parts = [parts[int(i * step)] for i in range(MAX_PIECES - 1)]
    return [whole, *parts]
