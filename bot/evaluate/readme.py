"""The README's table of figures, generated from the committed report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bot.errors import FaqbotError
from bot.evaluate.layout import Report, headline, in_order, percent, span, table
from bot.evaluate.sections import SYSTEMS

BEGIN = "<!-- evaluation:begin -->"
END = "<!-- evaluation:end -->"
AGAIN = "run `faqbot evaluate`"


def read_report(path: Path) -> dict[str, Any]:
    """The report. Raises FaqbotError where it is missing or no report."""
    try:
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FaqbotError(f"{path} cannot be read ({error}); {AGAIN}") from error
    if not isinstance(report, dict) or "systems" not in report:
        raise FaqbotError(f"{path} is no report of an evaluation; {AGAIN}")
    return report


def block(report: Report) -> str:
    """What stands between the README's markers."""
    about = report["about"]
    systems = report["systems"]
    both = systems[about["first"]]
    names = {"test": "untouched split (test)"}
    pairs = zip(headline(both["headline"]), headline(both["seen"]), strict=True)
    figures = table(
        ("figure", names.get(about["split"], about["split"]), "splits that were looked at"),
        [(name, one, two) for (name, one), (_, two) in pairs],
    )
    beside = table(
        ("system, same messages", "right", "unanswerable declined"),
        [
            (
                SYSTEMS.get(name, name),
                span(s["headline"]["answerable"]["right"]),
                span(s["headline"]["unanswerable"]["declined"]),
            )
            for name, s in in_order(report, systems)
        ],
    )
    return f"{figures}\n\nPer cent, with 95 % intervals:\n\n{beside}{_off_topic(report['off_topic'])}"


def update(readme: Path, report: Report) -> bool:
    """Put the table between the markers of `readme`; returns whether it changed.

    Raises FaqbotError where the markers are missing.
    """
    text = readme.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise FaqbotError(f"{readme} lacks the lines {BEGIN} and {END}; put them where the table shall stand")
    new = f"{before}{BEGIN}\n{block(report)}\n{END}{after}"
    if new != text:
        readme.write_text(new, encoding="utf-8")
    return new != text


def _off_topic(found: Report | None) -> str:
    if not found:
        return ""
    rate = {"value": found["share"], "rows": found["rows"]}
    return f"\n\nEveryday requests that got an answer from an entry: {percent(rate)}."
