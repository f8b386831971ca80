"""Text as SMS: its encoding and segments, typographic signs made plain, and pages of two segments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge import gsm7
from knowledge.gsm7 import MAX_CHARACTERS

_PLAIN = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u02bc": "'", "\u00b4": "'", "`": "'", "\u2032": "'",
        "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"', "\u00bb": '"',
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u2022": "-",
        "\u2026": "...", "\u00d7": "x", "\u00bd": "1/2", "\u00bc": "1/4", "\u00be": "3/4", "\u2264": "<=",
        "\u2265": ">=", "\u00b0": " degrees", "\u2122": "", "\u00ae": "", "\t": " ", "\f": " ", "\r": "\n",
    }
)  # fmt: skip
_EMOJI = re.compile("[\u200b-\u200f\u2060\ufe0e\ufe0f\u2600-\u27bf\U0001f000-\U0001faff\U000e0000-\U000e007f]+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True)
class Length:
    """How a text goes out: its alphabet, its length there (septets or UTF-16 units), and its segments."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    segments: int


def measure(text: str) -> Length:
    """The length of a text as the network counts it.

    >>> measure("x" * 161)
    Length(encoding='GSM-7', units=161, segments=2)
    >>> measure("\u2019" * 71).segments
    2
    """
    if gsm7.outside(text):
        units = len(text.encode("utf-16-be", "replace")) // 2
        return Length("UCS-2", units, 1 if units <= 70 else -(-units // 67))
    units = gsm7.length(text)
    return Length("GSM-7", units, 1 if units <= 160 else -(-units // 153))


def plain(text: str) -> str:
    """`text` in GSM-7: quotes and dashes made plain, emoji and accents dropped, other foreign signs as "?".

    >>> plain("It\u2019s 6\u20138 hours\u2026 \U0001f600")
    "It's 6-8 hours..."
    """
    text = _EMOJI.sub("", text.translate(_PLAIN)).replace("\u00a0", " ")
    lines = (" ".join(line.split()) for line in gsm7.fit(text, 10**9).split("\n"))
    return "\n".join(line for line in lines if line)


def fits(text: str) -> bool:
    """Whether a text in GSM-7 is one message of two segments."""
    return gsm7.length(text) <= MAX_CHARACTERS


def pages(parts: Sequence[str], more: str) -> tuple[str, ...]:
    """The parts of a reply on as few messages as hold them, in order; `more` ends each but the last.

    A part is never torn unless it is too long for a message by itself, and then between its sentences.
    """
    pieces = [piece for part in parts for piece in _pieces(part, more)]
    out: list[str] = []
    current = ""
    for number, piece in enumerate(pieces):
        joined = f"{current}\n{piece}" if current else piece
        last = number == len(pieces) - 1
        if fits(joined if last else f"{joined}\n{more}"):
            current = joined
            continue
        if current:
            out.append(f"{current}\n{more}")
        current = piece
    return (*out, current) if current else tuple(out)


def _pieces(part: str, more: str) -> list[str]:
    """A part whole where a message holds it together with `more`, else its sentences, gathered."""
    room = MAX_CHARACTERS - gsm7.length(more) - 1
    if gsm7.length(part) <= room:
        return [part]
    out: list[str] = []
    for sentence in _SENTENCE.split(part):
        for piece in [sentence] if gsm7.length(sentence) <= room else _words(sentence, room):
            joined = f"{out[-1]} {piece}" if out else piece
            if out and gsm7.length(joined) <= room:
                out[-1] = joined
            else:
                out.append(piece)
    return out


def _words(sentence: str, room: int) -> list[str]:
    """A sentence that no message holds, between its words."""
    out = [""]
    for word in sentence.split(" "):
        while gsm7.length(word) > room:
            head = word[: room // 2]
            out.append(head)
            word = word[room // 2 :]
        joined = f"{out[-1]} {word}".strip()
        if gsm7.length(joined) <= room:
            out[-1] = joined
        else:
            out.append(word)
    return [piece for piece in out if piece]
