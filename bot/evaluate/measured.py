"""The systems side by side as they are measured: judged replies, rankings, and what the curves are drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.evaluate.gold import GoldRow
from bot.evaluate.nearest import Ranking as Scored
from bot.evaluate.outcomes import Judged
from bot.evaluate.rankings import Ranking
from bot.evaluate.report import ALONE
from bot.evaluate.run import Bench

CEILING = "ceiling: the labelled question always found"
STOCK = "Rasa's stock ResponseSelector"


@dataclass
class Measured:
    """By the system's name, each over the same rows (see `bot.evaluate.report.Material`)."""

    systems: dict[str, list[Judged]] = field(default_factory=dict)
    rankings: dict[str, list[list[Ranking]]] = field(default_factory=dict)
    eager: dict[str, list[Judged]] = field(default_factory=dict)

    def add_ranked(self, name: str, ranked: Sequence[Scored], judged: list[Judged]) -> None:
        """A system that ranks questions with scores, and gives the answer to the first."""
        self.systems[name] = self.eager[name] = judged
        self.rankings[name] = [[[label for label, _ in ranking]] for ranking in ranked]


def measure(
    bench: Bench,
    rows: Sequence[GoldRow],
    *,
    pages: Mapping[str, str] | None = None,
    stock: Sequence[Scored] | None = None,
) -> Measured:
    """The search alone and the baselines. `pages` are the clinics' pages, `stock` is what Rasa's stock ranks."""
    out = Measured()
    out.systems[ALONE] = bench.alone(rows)
    out.eager[ALONE] = bench.without_threshold(rows)
    out.rankings[ALONE] = bench.rankings(rows)
    for name, ranked in bench.nearest_phrasings(rows).items():
        out.add_ranked(name, ranked, bench.looked_up(rows, ranked))
    if stock:
        out.add_ranked(STOCK, stock, bench.looked_up(rows, stock))
    if pages:
        out.systems |= bench.page_passages(rows, pages)
    out.systems[CEILING] = bench.ceiling(rows)
    return out
