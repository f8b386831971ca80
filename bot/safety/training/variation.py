"""The rows as patients might write them: misspelt, without punctuation, with another sentence beside."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from bot.safety.examples import TRAITS
from bot.safety.segments import normalise
from bot.safety.training.labels import Labelled

# Whether a trait is still there when another sentence is joined: half of a message off the topic is not.
SURVIVES = tuple(t != "off_topic" for t in TRAITS)


# A row and its number.
Numbered = tuple[int, Labelled]


def batches(
    rows: Sequence[Labelled], numbers: Sequence[int], size: int, chance: random.Random
) -> Iterator[list[Numbered]]:
    """The rows of these numbers once, in random order, alike lengths together, some of them written differently."""
    harmless = [r.text for r in rows if r.danger == 0]
    order = list(numbers)
    chance.shuffle(order)
    changed = [(n, vary(rows[n], harmless, chance)) for n in order]
    for start in range(0, len(changed), size * 20):
        near = sorted(changed[start : start + size * 20], key=lambda numbered: len(numbered[1].text))
        groups = [near[i : i + size] for i in range(0, len(near), size)]
        chance.shuffle(groups)
        yield from groups


def vary(row: Labelled, harmless: Sequence[str], chance: random.Random) -> Labelled:
    """The row as it is, or misspelt, without punctuation, or with a harmless sentence before or behind it."""
    text, dice = row.text, chance.random()
    if dice < 0.15:
        text = misspelt(text, chance)
    elif dice < 0.25:
        text = normalise(text).strip() or text
    elif dice < 0.45:
        other = chance.choice(harmless)
        text = f"{text} {other}" if chance.random() < 0.5 else f"{other} {text}"
        kept = tuple(t if t == 1 and stays else -1 for t, stays in zip(row.traits, SURVIVES, strict=True))
        return Labelled(text, row.danger, kept)
    return Labelled(text, row.danger, row.traits)


def misspelt(text: str, chance: random.Random) -> str:
    """`text` with one or two slips of the finger: a letter left out, doubled, or changed places with the next."""
    letters = list(text)
    for _ in range(1 + len(letters) // 40):
        places = [i for i in range(len(letters) - 1) if letters[i].isalpha() and letters[i + 1].isalpha()]
        if not places:
            break
        i, slip = chance.choice(places), chance.random()
        if slip < 0.4:
            letters[i], letters[i + 1] = letters[i + 1], letters[i]
        elif slip < 0.8:
            del letters[i]
        else:
            letters.insert(i, letters[i])
    return "".join(letters)
