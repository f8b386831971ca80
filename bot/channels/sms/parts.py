"""Long messages that arrive as several: which may have a part to follow, and how parts become one text."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge import gsm7

WAIT = 1.5  # seconds that a long message waits for its next part
LONG, LONG_UCS2 = 150, 65  # characters from which a message may be the first part of a longer one
CUTS = frozenset({152, 153, 159, 160})  # where networks cut, in the middle of a word too
CUTS_UCS2 = frozenset({66, 67, 69, 70})


def may_go_on(body: str) -> bool:
    """Whether a message is so long that the network may have cut it.

    >>> may_go_on("x" * 153), may_go_on("how much is it?")
    (True, False)
    """
    return len(body) >= (LONG_UCS2 if gsm7.outside(body) else LONG)


def joined(bodies: Sequence[str]) -> str:
    """The parts as one text, in the order in which they came."""
    text = ""
    for body, following in zip(bodies, [*bodies[1:], ""], strict=True):
        cut = len(body) in (CUTS_UCS2 if gsm7.outside(body) else CUTS)
        text += body if cut or not following else f"{body} "
    return text
