"""How figures are written in the report and in the README: shares, intervals, tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Report = Mapping[str, Any]
Rate = Mapping[str, Any] | None
EMPTY = "–"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def percent(rate: Rate) -> str:
    """A share in per cent, with how many of how many."""
    if rate is None:
        return EMPTY
    return f"{100 * rate['value']:.1f} % ({round(rate['value'] * rate['rows'])} of {rate['rows']})"


def span(rate: Rate, *, sign: str = "") -> str:
    """A share with its interval, in per cent: "91.1 (87.0–94.9)"."""
    if rate is None:
        return EMPTY
    return f"{100 * rate['value']:{sign}.1f} ({100 * rate['low']:{sign}.1f} to {100 * rate['high']:{sign}.1f})"


def in_order(report: Report, systems: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """(name, figures) of the systems in the order of the report: ours first, the ceiling last."""
    return [(name, systems[name]) for name in report["about"]["systems"] if name in systems]


def known_first(groups: Mapping[str, Any], known: Iterable[str]) -> list[str]:
    """The names of the groups: those that are `known` in that order, then the others."""
    first = [name for name in known if name in groups]
    return first + sorted(set(groups) - set(first))


def in_effect(parts: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """(name, differences) of the parts of an ablation, what adds most first."""

    def effect(part: tuple[str, Any]) -> float:
        return -sum(float(rate["value"]) for rate in (part[1]["right"], part[1]["declined"]) if rate)

    return sorted(sorted(parts.items()), key=effect)


def headline(scores: Report) -> list[tuple[str, str]]:
    """(figure, value) lines of one system on one set."""
    given = scores["given"]
    return [
        ("answerable questions answered right", percent(scores["answerable"]["right"])),
        ("answerable questions answered wrong", percent(scores["answerable"]["wrong"])),
        ("answerable questions declined", percent(scores["answerable"]["declined"])),
        ("unanswerable questions declined", percent(scores["unanswerable"]["declined"])),
        (
            "wrong among the answers given; with 95 % confidence below",
            f"{100 * given['share']:.1f} % ({given['wrong']} of {given['rows']}); {100 * given['upper']:.1f} %",
        ),
        ("entries of another clinic", str(scores["other_clinic"])),
    ]
