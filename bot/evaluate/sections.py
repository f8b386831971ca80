"""The report's later sections: curves, parts, everyday requests, intents."""

from __future__ import annotations

from collections.abc import Mapping

from bot.evaluate.layout import Report, in_effect, in_order, span, table
from bot.evaluate.report import ALONE, ASSISTANT

SYSTEMS = {ASSISTANT: "this assistant, through both servers", ALONE: "its search alone"}
_FIGURES = {"accuracy": "accuracy", "macro_f1": "macro F1", "weighted_f1": "weighted F1"}


def curves(report: Report, pictures: Mapping[str, str]) -> str:
    """How well it knows what it does not know: the curves and their areas."""
    found = report["curves"]
    areas = [(SYSTEMS.get(n, n), f"{c['area']:.4f}") for n, c in in_order(report, found["risk_coverage"])]
    return (
        "## How well it knows what it does not know\n\n"
        + _picture(pictures, "risk_coverage", "Risk against coverage")
        + "Answers given from the surest down: further right more messages get an entry, further up more of these are "
        "wrong. The area under the curve is the mean risk (smaller is better).\n\n"
        + table(("system", "area"), areas)
        + "\n\n"
        + _picture(pictures, "reliability", "Reliability diagram")
        + f"Of the questions understood with a confidence of 0.8, eight in ten should be right. Expected calibration "
        f"error: {found['reliability']['error']:.3f} over {found['reliability']['questions']} questions.\n\n"
        + _picture(pictures, "by_style", "Right and declined by style").rstrip()
    )


def ablation(report: Report, pictures: Mapping[str, str]) -> str:
    """What each part of the search adds."""
    parts = report["ablation"]["parts"]
    if not parts:
        return ""
    rows = [(name, span(p["right"], sign="+"), span(p["declined"], sign="+")) for name, p in in_effect(parts)]
    splits = " and ".join(f"`{s}`" for s in report["ablation"]["splits"])
    return (
        f"## What each part of the search adds\n\n{_picture(pictures, 'ablation', 'What each part adds')}"
        f"Points lost when the part is switched off, all else as it is, on {splits} (search alone, paired "
        "bootstrap). An interval that holds 0 means: not shown to help.\n\n"
        + table(("part", "right", "unanswerable declined"), rows)
    )


def off_topic(found: Report | None) -> str:
    """The everyday requests, where they were asked."""
    if not found:
        return ""
    kinds = ", ".join(f"{kind} {number}" for kind, number in found["kinds"].items())
    return (
        f"## Everyday requests\n\nOf {found['rows']} everyday requests that have nothing to do with a clinic "
        f"{found['answered']} ({100 * found['share']:.1f} %) got an answer from an entry. Kinds of replies: {kinds}."
    )


def nlu(found: Report | None, pictures: Mapping[str, str]) -> str:
    """The intents by cross-validation, where that was run."""
    if not found:
        return ""
    rows = [
        (
            name,
            *(f"{s[m]['mean']:.3f} (folds {min(s[m]['folds']):.3f} to {max(s[m]['folds']):.3f})" for m in _FIGURES),
        )
        for name, s in found["systems"].items()
    ]
    return (
        f"## Intents\n\nFive-fold cross-validation over {found['examples']} examples of {found['intents']} intents, "
        f"variants of one sentence in one fold.\n\n{table(('system', *_FIGURES.values()), rows)}\n\n"
        + _picture(pictures, "confusion", "Confusion matrix of the intents").rstrip()
    )


def _picture(pictures: Mapping[str, str], name: str, title: str) -> str:
    return f"![{title}]({pictures[name]})\n\n" if name in pictures else ""
