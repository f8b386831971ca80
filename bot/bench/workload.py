"""What the load says: conversations of patients' questions, no message twice in a run, so that no cache helps."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from bot.evaluate.gold import GoldRow

TURNS = 5  # messages of one conversation
# As many messages as a run may need: on a fast machine the five windows of each system take 100,000 and more.
OPENINGS = (
    "", "hi, ", "hello, ", "ok, ", "so ", "um, ", "hey, ", "please, ", "well, ", "hi there, ", "hello there, ",
    "hey there, ", "good morning, ", "good evening, ", "good afternoon, ", "hiya, ", "oh, ", "alright, ", "okay, ",
    "yo, ",
)  # fmt: skip
ENDINGS = (
    "", " please", " thanks", " thank you", " ?", " ??", " thx", " pls", " ty", " tia", " many thanks", " thank u",
    " please and thank you", " thanks a lot", " thanks so much", " ...",
)  # fmt: skip

Conversation = tuple[str, tuple[str, ...]]  # the clinic, and what its patient says


class Supply(Iterator[Conversation]):
    """Hands out conversations, each once; what was not begun can be put back and is handed out first."""

    def __init__(self, source: Iterable[Conversation]) -> None:
        self._source = iter(source)
        self._back: deque[Conversation] = deque()

    def __next__(self) -> Conversation:
        return self._back.popleft() if self._back else next(self._source)

    def put_back(self, unsaid: Sequence[Conversation]) -> None:
        """Take back conversations of which no message was said, in their order."""
        self._back.extendleft(reversed(unsaid))


def conversations(rows: Sequence[GoldRow], *, seed: int, turns: int = TURNS) -> Iterator[Conversation]:
    """Conversations from the gold questions of one clinic each, in an order drawn by `seed`.

    A question comes again only with another opening or ending; they are as many as those allow.
    """
    draw = random.Random(f"workload {seed}")
    shapes = list(product(OPENINGS, ENDINGS))
    for opening, ending in draw.sample(shapes, len(shapes)):
        found = []
        for clinic in sorted({row.clinic for row in rows}):
            texts = [opening + row.text.rstrip() + ending for row in rows if row.clinic == clinic]
            draw.shuffle(texts)
            found += [(clinic, tuple(texts[i : i + turns])) for i in range(0, len(texts) - turns + 1, turns)]
        draw.shuffle(found)
        yield from found


def long_conversation(rows: Sequence[GoldRow], *, turns: int, seed: int) -> Conversation:
    """One conversation of that many messages, of the clinic with the most gold questions."""
    clinics = sorted({row.clinic for row in rows}, key=lambda c: -sum(row.clinic == c for row in rows))
    ours = [row for row in rows if row.clinic == clinics[0]]
    said = [text for _, texts in conversations(ours, seed=seed, turns=1) for text in texts]
    return clinics[0], tuple(said[:turns])
