"""The report's pictures, from the report alone. Colours: Okabe & Ito's, told apart by the colour-blind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from bot.evaluate import confusion
from bot.evaluate.layout import in_effect, in_order, known_first

BLUE, ORANGE, GREEN, PURPLE, GREY = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#666666"
LINES = ((BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), (PURPLE, ":"), (GREY, (0, (5, 1, 1, 1))))
INTENTS = "ours"  # the name of our classifier in the cross-validation
STYLES = ("plain", "reworded", "sms", "anxious", "two")

Report = Mapping[str, Any]


def draw(report: Report, folder: Path) -> list[Path]:
    """Write every picture that the report has the figures for; returns the files."""
    drawings: dict[str, tuple[Callable[[Axes, Report], None], tuple[float, float]]] = {
        "risk_coverage": (risk_coverage, (7, 5.4)),
        "reliability": (reliability, (5.4, 5)),
        "by_style": (by_style, (7, 4.2)),
        "ablation": (ablation, (8, 5.4)),
    }
    folder.mkdir(parents=True, exist_ok=True)
    out = []
    for name, (drawing, size) in drawings.items():
        figure = Figure(figsize=size)
        FigureCanvasAgg(figure)
        drawing(figure.add_subplot(), report)
        figure.tight_layout()
        path = folder / f"{name}.png"
        figure.savefig(path, dpi=130, metadata={"Software": None})  # the version would change the bytes
        out.append(path)
    if report["nlu"]:
        out.append(folder / "confusion.png")
        confusion.draw(report["nlu"]["systems"][INTENTS]["confusion"], out[-1], title="Intents: true and predicted")
    return out


def risk_coverage(axes: Axes, report: Report) -> None:
    """The share of answers that are wrong, against the share of messages that get one."""
    curves = in_order(report, report["curves"]["risk_coverage"])
    for (name, curve), (colour, dash) in zip(curves, LINES, strict=False):
        label = f"{name} (area {curve['area']:.3f})"
        coverage, risk = _percent(curve["coverage"]), _percent(curve["risk"])
        axes.plot(coverage, risk, color=colour, linestyle=dash, label=label, linewidth=2)
    first = report["systems"]["search alone"]["headline"]
    rows = first["answerable"]["rows"] + first["unanswerable"]["rows"]
    given = first["given"]
    axes.plot(
        100 * given["rows"] / rows, 100 * given["share"], "o", color=BLUE, markersize=9, label="where our threshold is"
    )
    if report["promise"]:
        most = 100 * report["promise"]["risk"]
        axes.axhline(most, color=GREY, linewidth=1, label=f"{most:.0f} %: promised of the sure answers")
    axes.set(xlabel="messages that get an entry, %", ylabel="wrong ones among these entries, %", xlim=(0, 100))
    axes.set_ylim(0, _ceiling(report["curves"]["risk_coverage"]))
    axes.set_title("Risk against coverage")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncol=2, fontsize=8)
    axes.grid(alpha=0.3)


def reliability(axes: Axes, report: Report) -> None:
    """The share of questions understood rightly, against the confidence in them."""
    found = report["curves"]["reliability"]
    bins = found["bins"]
    axes.plot([0, 1], [0, 1], color=GREY, linestyle="--", label="perfectly calibrated")
    axes.bar(
        [(b["low"] + b["high"]) / 2 for b in bins],
        [b["right"] for b in bins],
        width=0.09,
        color="#9ecae1",
        edgecolor=BLUE,
        label="share that is right",
    )
    axes.plot([b["confidence"] for b in bins], [b["right"] for b in bins], "o", color=BLUE, label="at mean confidence")
    for b in bins:
        axes.text((b["low"] + b["high"]) / 2, 0.015, str(b["rows"]), ha="center", fontsize=7)
    axes.set(
        xlabel="confidence (questions in each bin below)", ylabel="share that is right", xlim=(0, 1), ylim=(0, 1.03)
    )
    axes.set_title(f"Reliability (expected calibration error {found['error']:.3f})")
    axes.legend(loc="upper left", fontsize=8)


def by_style(axes: Axes, report: Report) -> None:
    """Right and declined by style, with 95 % intervals."""
    groups = report["by"]["style"]
    names = known_first(groups, STYLES)
    for offset, part, outcome, colour, hatch in (
        (-0.2, "answerable", "right", BLUE, ""),
        (0.2, "unanswerable", "declined", ORANGE, "//"),
    ):
        rates = [(i, groups[n][part][outcome]) for i, n in enumerate(names) if groups[n][part][outcome]]
        values = [100 * r["value"] for _, r in rates]
        spans = [[100 * (r["value"] - r["low"]) for _, r in rates], [100 * (r["high"] - r["value"]) for _, r in rates]]
        at = [i + offset for i, _ in rates]
        label = f"{part}: {outcome}"
        axes.bar(at, values, 0.38, color=colour, hatch=hatch, edgecolor="white", label=label, alpha=0.85)
        axes.errorbar(at, values, yerr=spans, fmt="none", ecolor="black", capsize=3)
        for x, (_, r) in zip(at, rates, strict=True):
            axes.text(x, 2, f"n={r['rows']}", ha="center", fontsize=7, color="white" if colour == BLUE else "black")
    axes.set_xticks(range(len(names)))
    axes.set_xticklabels(["two in one" if n == "two" else n for n in names])
    axes.set(ylabel="%", xlim=(-0.6, len(names) - 0.4), ylim=(0, 119), yticks=range(0, 101, 20))
    axes.set_title("By style of the message")
    axes.legend(loc="upper center", ncol=2, fontsize=8)


def ablation(axes: Axes, report: Report) -> None:
    """What is lost in points when a part is switched off."""
    parts = in_effect(report["ablation"]["parts"])[::-1]
    for offset, outcome, colour, marker, label in (
        (0.13, "right", BLUE, "o", "answered right"),
        (-0.13, "declined", ORANGE, "s", "unanswerable declined"),
    ):
        rates = [(i, part[outcome]) for i, (_, part) in enumerate(parts) if part[outcome]]
        values = [100 * r["value"] for _, r in rates]
        spans = [[100 * (r["value"] - r["low"]) for _, r in rates], [100 * (r["high"] - r["value"]) for _, r in rates]]
        at = [i + offset for i, _ in rates]
        axes.errorbar(values, at, xerr=spans, fmt=marker, color=colour, capsize=3, label=label)
    axes.axvline(0, color=GREY, linewidth=1)
    axes.set_yticks(range(len(parts)))
    axes.set_yticklabels([name for name, _ in parts])
    axes.set(xlabel="points that the part adds (95 % interval; right of 0: it helps)")
    axes.set_title("What each part of the search adds")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.11), ncol=2, fontsize=8)
    axes.grid(axis="x", alpha=0.3)


def _percent(shares: list[float]) -> list[float]:
    return [100 * s for s in shares]


def _ceiling(curves: Mapping[str, Any]) -> float:
    """The top of the picture: the first few answers make the curves jump, and are left to run out of it."""
    settled = [r for c in curves.values() for r, at in zip(c["risk"], c["coverage"], strict=True) if at > 0.1]
    return max(10.0, 115 * max(settled, default=0.0))
