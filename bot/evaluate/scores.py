"""What a list of outcomes comes to: shares with intervals, as the report holds them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scipy.stats import beta

from bot.evaluate.bootstrap import DRAWS, Interval, clusters, share
from bot.evaluate.gold import GoldRow
from bot.evaluate.outcomes import Judged, Outcome

Scores = dict[str, Any]
DIGITS = 4
CONFIDENCE = 0.95  # of the upper limit on the risk of the answers given


def summarise(judged: Sequence[Judged], *, seed: int, draws: int = DRAWS) -> Scores:
    """Right, wrong and declined of the answerable, declined of the unanswerable, and the risk of what was given."""
    asked = [j for j in judged if not j.row.unanswerable]
    unasked = [j for j in judged if j.row.unanswerable]
    return {
        "answerable": {
            "rows": len(asked),
            "right": rate(asked, "right", seed, draws),
            "wrong": rate(asked, "wrong", seed, draws),
            "declined": rate(asked, "declined", seed, draws),
            "clarify": sum(j.reply.kind == "clarify" for j in asked),
        },
        "unanswerable": {
            "rows": len(unasked),
            "declined": rate(unasked, "declined", seed, draws),
            "clarify": sum(j.reply.kind == "clarify" for j in unasked),
        },
        "other_clinic": sum(j.foreign for j in judged),
        "given": risk(judged),
        "kinds": dict(sorted(Counter(j.reply.kind for j in judged).items())),
    }


def risk(judged: Sequence[Judged]) -> Scores:
    """Of the messages that got an entry, how many got a wrong one, with the exact upper limit.

    `upper` is Clopper & Pearson's (1934): with 95 % confidence the true share lies below it.
    """
    given = [j for j in judged if j.given]
    wrong = sum(j.outcome != "right" for j in given)
    upper = float(beta.ppf(CONFIDENCE, wrong + 1, len(given) - wrong)) if wrong < len(given) else 1.0
    share_wrong = wrong / len(given) if given else 0.0
    return {"rows": len(given), "wrong": wrong, "share": rounded(share_wrong), "upper": rounded(upper)}


def grouped(
    judged: Sequence[Judged], key: Callable[[GoldRow], str], *, seed: int, draws: int = DRAWS
) -> dict[str, Scores]:
    """The summary of each group of rows, by name."""
    names = sorted({key(j.row) for j in judged})
    return {n: summarise([j for j in judged if key(j.row) == n], seed=seed, draws=draws) for n in names}


def rate(judged: Sequence[Judged], outcome: Outcome, seed: int, draws: int = DRAWS) -> Scores | None:
    """The share of rows with this outcome, with its bootstrap interval; None where there are no rows."""
    groups = clusters([j.row for j in judged])
    return as_json(share([j.outcome == outcome for j in judged], groups, seed=seed, draws=draws))


def as_json(interval: Interval | None) -> Scores | None:
    """An interval as the report holds it."""
    if interval is None:
        return None
    numbers = {"value": interval.value, "low": interval.low, "high": interval.high}
    return {**{name: rounded(number) for name, number in numbers.items()}, "rows": interval.rows}


def means(values: Mapping[str, Sequence[float]], rows: Sequence[GoldRow], *, seed: int, draws: int = DRAWS) -> Scores:
    """The mean of each metric over queries with its interval; `rows` are the queries' rows."""
    groups = clusters(rows)
    return {name: as_json(share(v, groups, seed=seed, draws=draws)) for name, v in values.items()}


def rounded(number: float) -> float:
    """As many digits as the report shows, and no negative zero."""
    return round(float(number), DIGITS) + 0.0
