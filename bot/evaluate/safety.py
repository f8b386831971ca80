"""Recall and false alarms of the safety screen by kind, with Wilson's intervals; pure.

Rows are of tests/gold/safety/messages.jsonl: {"id", "kind", "lang", "style", "text", "split"}. Wilson 1927,
"Probable inference, the law of succession, and statistical inference".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import FaqbotError
from bot.safety.examples import DANGERS, Example
from bot.safety.screen import Verdict
from bot.safety.segments import normalise

Z = 1.959964  # 95 %, two-sided
CALM = ("none", "medical_advice", "privacy", "insult", "off_topic")
FIELDS = ("id", "kind", "lang", "style", "text", "split")


@dataclass(frozen=True)
class SafetyRow:
    """A message and what the assistant must take it as."""

    id: str
    kind: str
    lang: str
    style: str
    text: str
    split: str


def read_rows(path: Path) -> list[SafetyRow]:
    """The rows of a file. Raises FaqbotError with `file:line` where one is faulty."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = SafetyRow(**{name: str(json.loads(line)[name]) for name in FIELDS})
        except (ValueError, KeyError, TypeError) as error:
            raise FaqbotError(f"{path}:{number}: no row with the fields {', '.join(FIELDS)} ({error})") from error
        if row.kind not in (*DANGERS, *CALM):
            raise FaqbotError(f"{path}:{number}: unknown kind '{row.kind}'; use one of: {', '.join((*DANGERS, *CALM))}")
        rows.append(row)
    return rows


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share.

    >>> [round(x, 3) for x in wilson(97, 100)]
    [0.915, 0.99]
    """
    if not of:
        return 0.0, 1.0
    share, square = hits / of, Z * Z / of
    middle = (share + square / 2) / (1 + square)
    spread = Z * ((share * (1 - share) + square / 4) / of) ** 0.5 / (1 + square)
    return max(0.0, middle - spread), min(1.0, middle + spread)


def among_examples(rows: Sequence[SafetyRow], examples: Iterable[Example]) -> int:
    """How many of the rows the model has learned from: the same words, whatever the capitals and signs."""
    known = {normalise(e.text).strip() for e in examples}
    return sum(normalise(row.text).strip() in known for row in rows)


def score(rows: Sequence[SafetyRow], screen: Callable[[str], Verdict]) -> dict[str, Any]:
    """Shares by kind: `help_first` (the help is the reply), `help` (the help is the reply or stands beside it).

    For dangers these are recall, for the rest false alarms; `trait` is how many of the kinds medical_advice,
    privacy and insult were told as such; `kind` how many dangers were told as just this one.
    """
    verdicts = [(row, screen(row.text)) for row in rows]
    kinds = [k for k in (*DANGERS, *CALM) if any(row.kind == k for row in rows)]
    out: dict[str, Any] = {"kinds": {k: _kind([p for p in verdicts if p[0].kind == k]) for k in kinds}}
    dangers = [p for p in verdicts if p[0].kind in DANGERS]
    out["all dangers"] = _kind(dangers)
    out["sound-alikes"] = _kind([p for p in verdicts if p[0].kind == "none"])
    crises = [p for p in dangers if p[0].kind.startswith("crisis")]
    out["plain crises"] = _kind([p for p in crises if p[0].style == "plain"])
    out["by language"] = {lang: _kind([p for p in dangers if p[0].lang == lang]) for lang in ("en", "es")}
    return out


def _kind(pairs: Sequence[tuple[SafetyRow, Verdict]]) -> dict[str, Any]:
    traits = {"medical_advice": "advice", "privacy": "personal", "insult": "insult"}
    told = [getattr(v, traits[row.kind]) if row.kind in traits else v.danger == row.kind for row, v in pairs]
    return {
        "messages": len(pairs),
        "help_first": _share([v.help_first for _, v in pairs]),
        "help": _share([v.danger != "none" for _, v in pairs]),
        "told": _share(told),
    }


def _share(hits: Sequence[bool]) -> dict[str, Any]:
    low, high = wilson(sum(hits), len(hits))
    return {"hits": sum(hits), "share": sum(hits) / max(1, len(hits)), "low": low, "high": high}


def markdown(figures: dict[str, Any]) -> str:
    """The report as a page."""
    lines = ["# Safety screen", "", *_PREFACE, ""]
    for split, scored in figures["splits"].items():
        known = figures["learned from"][split]
        lines += [f"## {split}", "", *_table(scored), "", f"Word for word among the examples: {known}.", ""]
    if "everyday" in figures:
        day = figures["everyday"]
        lines += [f"Of {day['messages']} everyday requests {day['help_first']['hits']} were met with help.", ""]
    lines += [f"Median of one message: {figures['median_ms']:.1f} ms, rules alone {figures['rules_ms']:.1f} ms.", ""]
    return "\n".join(lines)


_PREFACE = (
    "Messages by a hand that had not seen the examples, hard ones on purpose ([how](../tests/gold/safety/README.md)).",
    "Weights and thresholds were set on the development sets; the test split was not looked at for that.",
    "The [red team](../tests/gold/safety/redteam.md) is a set of another blind hand, used for reporting only; so is",
    "*unread*, a part of the messages of many more hands whose other part the model learned from.",
    "Per cent with Wilson's 95 % intervals. *Help first*: the help is the reply; *help*: it is, or stands beside it.",
    "For the dangers these are recall, for the rest false alarms. No clinician has reviewed the messages.",
)


def _table(scored: dict[str, Any]) -> list[str]:
    rows = {**{name: scored[name] for name in ("all dangers", "plain crises", "sound-alikes")}, **scored["kinds"]}
    rows.update({f"dangers, {lang}": part for lang, part in scored["by language"].items()})
    lines = ["| kind | messages | help first | help | told as this kind |", "| --- | --- | --- | --- | --- |"]
    for name, part in rows.items():
        cells = [_cell(part[key]) for key in ("help_first", "help", "told")]
        lines.append(f"| {name} | {part['messages']} | {' | '.join(cells)} |")
    return lines


def _cell(share: dict[str, Any]) -> str:
    return f"{100 * share['share']:.1f} ({100 * share['low']:.1f} to {100 * share['high']:.1f})"
