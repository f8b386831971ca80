"""How far up the right question stands: rankings of catalogue questions for each thing that a message asks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from bot.evaluate.gold import GoldRow

Ranking = list[str]


@dataclass(frozen=True)
class Queries:
    """One query for each thing asked: its ranking, the labels that are right, and the row that it is from.

    `unlabelled` counts the things asked that the catalogue has no question for.
    """

    rankings: tuple[Ranking, ...]
    relevant: tuple[Collection[str], ...]
    rows: tuple[GoldRow, ...]
    unlabelled: int


def queries(rows: Sequence[GoldRow], rankings: Sequence[Sequence[Ranking]]) -> Queries:
    """`rankings[i]` are the rankings of the parts of row i (one, where a system does not split).

    As many parts as things asked: part by part, in order. Else every thing is looked for in the parts' rankings
    taken in turn: the first of each, the second of each, and so on.
    """
    out: list[tuple[Ranking, Collection[str], GoldRow]] = []
    unlabelled = 0
    for row, parts in zip(rows, rankings, strict=True):
        aligned = len(parts) == len(row.questions)
        mixed = in_turn(parts)
        for number, labels in enumerate(row.questions):
            unlabelled += not labels
            if labels:
                out.append((parts[number] if aligned else mixed, frozenset(labels), row))
    return Queries(
        tuple(ranking for ranking, _, _ in out),
        tuple(labels for _, labels, _ in out),
        tuple(row for _, _, row in out),
        unlabelled,
    )


def in_turn(rankings: Sequence[Ranking]) -> Ranking:
    """One ranking of several: the first of each, then the second of each, each id once.

    >>> in_turn([["a", "b"], ["c", "a", "d"]])
    ['a', 'c', 'b', 'd']
    """
    return list(dict.fromkeys(i for rank in zip_longest(*rankings) for i in rank if i is not None))
