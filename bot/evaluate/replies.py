"""Another set of gold questions, scored by the replies alone: no labels, no baselines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.evaluate.layout import percent, span, table
from bot.evaluate.outcomes import Judged
from bot.evaluate.scores import grouped, summarise

HEAD = ("figure", "measured", "95 % interval")


def score(judged: Sequence[Judged], *, seed: int) -> dict[str, Any]:
    """The `scores.summarise` of all replies, and of those to each style of message."""
    return {"all": summarise(judged, seed=seed), "by_style": grouped(judged, lambda row: row.style, seed=seed)}


def shown(figures: dict[str, Any]) -> str:
    """The figures as a table for the terminal."""
    asked, unasked = figures["all"]["answerable"], figures["all"]["unanswerable"]
    rates = {
        "answerable questions answered right": asked["right"],
        "answerable questions answered wrong": asked["wrong"],
        "answerable questions declined": asked["declined"],
        "unanswerable questions declined": unasked["declined"],
        **{f"right, {style}": scores["answerable"]["right"] for style, scores in figures["by_style"].items()},
    }
    rows = [(name, percent(rate), span(rate)) for name, rate in rates.items()]
    return table(HEAD, [*rows, ("entries of another clinic", str(figures["all"]["other_clinic"]), "")])
