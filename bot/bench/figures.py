"""The pictures of the report, from the report alone. Colours: Okabe & Ito's, told apart by the colour-blind."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from bot.bench.two import OURS, STOCK

BLUE, ORANGE, GREEN, PURPLE, GREY = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#666666"
SYSTEMS = ((OURS, BLUE, "o", "-"), (STOCK, ORANGE, "s", "--"))
KINDS = (("exhaustive", BLUE, "o", "-"), ("cells", GREEN, "s", "--"), ("graph", PURPLE, "^", ":"))
LIMIT_MS = 10.0  # of a search in a million entries

Report = Mapping[str, Any]
Drawing = Callable[[Figure, Report], None]


def draw(report: Report, folder: Path) -> list[Path]:
    """Write every picture; returns the files."""
    drawings: dict[str, tuple[Drawing, tuple[float, float]]] = {
        "bench_load": (load, (9.5, 4.2)),
        "bench_long": (long_conversation, (7, 3.8)),
        "bench_parts": (turn_parts, (7, 4.2)),
        "bench_scale": (scale, (12, 7)),
    }
    folder.mkdir(parents=True, exist_ok=True)
    out = []
    for name, (drawing, size) in drawings.items():
        figure = Figure(figsize=size)
        FigureCanvasAgg(figure)
        drawing(figure, report)
        figure.tight_layout()
        out.append(folder / f"{name}.png")
        figure.savefig(out[-1], dpi=110, metadata={"Software": None})  # the version would change the bytes
    return out


def load(figure: Figure, report: Report) -> None:
    """Latency and throughput against the conversations at once, with what the repeats range over."""
    left, right = figure.subplots(1, 2)
    for name, colour, marker, dash in SYSTEMS:
        levels = sorted(report["load"][name].items(), key=_number)
        at = [int(level) for level, _ in levels]
        for figure_name, alpha in (("p50", 1.0), ("p99", 0.5)):
            _ranged(
                left, at, [row[figure_name] for _, row in levels], f"{name}, {figure_name}", colour, marker, dash, alpha
            )
        _ranged(right, at, [row["throughput"] for _, row in levels], name, colour, marker, dash, 1.0)
        right.set_xticks(at, [str(n) for n in at])
        left.set_xticks(at, [str(n) for n in at])
    left.set(xlabel="conversations at once", ylabel="milliseconds", xscale="log", yscale="log", title="Latency")
    right.set(xlabel="conversations at once", ylabel="messages a second", xscale="log", title="Throughput")
    right.set_ylim(bottom=0)
    for axes in (left, right):
        axes.set_xticks(at, [str(n) for n in at])
        axes.minorticks_off()
        axes.grid(alpha=0.3)
        axes.legend(fontsize=8)


def long_conversation(figure: Figure, report: Report) -> None:
    """Each message of one long conversation, and the median of the ten around it."""
    axes = figure.subplots()
    took = report["long"]
    middle = [statistics.median(took[max(0, i - 5) : i + 5]) for i in range(len(took))]
    axes.plot(range(1, len(took) + 1), took, ".", color=BLUE, alpha=0.35, label="each message")
    axes.plot(range(1, len(took) + 1), middle, color=BLUE, linewidth=2, label="median of ten")
    axes.set(xlabel="message of the conversation", ylabel="milliseconds", title="One long conversation")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)


def turn_parts(figure: Figure, report: Report) -> None:
    """The median of each part of a turn, and how far the slowest twentieth goes."""
    axes = figure.subplots()
    parts = report["parts"]
    names = list(parts)[::-1]
    colours = [GREY if name in {"bare forward pass", "turn"} else BLUE for name in names]
    middle = [parts[name]["p50"] for name in names]
    axes.barh(names, middle, color=colours)
    axes.errorbar(
        middle, range(len(names)), xerr=[[0] * len(names), [parts[n]["p95"] - parts[n]["p50"] for n in names]],
        fmt="none", ecolor="#333333", capsize=3,
    )  # fmt: skip
    axes.set(xlabel="milliseconds: median, and to the 95th percentile", title="The parts of one turn")
    axes.grid(alpha=0.3, axis="x")


def scale(figure: Figure, report: Report) -> None:
    """Search time, memory, build time and recall against size: clinics above, one index below."""
    grid = figure.subplots(2, 3)
    _clinics(grid[0], report["scale"]["clinics"])
    _single(grid[1], report["scale"]["single"])
    for axes in grid.flat:
        axes.grid(alpha=0.3)


def _clinics(row: Any, found: list[dict[str, Any]]) -> None:
    at = [r["clinics"] for r in found]
    for what, colour, marker in (("text", BLUE, "o"), ("message", GREEN, "s")):
        row[0].plot(at, [r[what]["p50"] for r in found], marker=marker, color=colour, label=f"one {what}, p50")
        row[0].plot(at, [r[what]["p99"] for r in found], "--", marker=marker, color=colour, label=f"one {what}, p99")
    row[0].set(ylabel="milliseconds, without encoding", title="Search, many clinics in one process")
    row[0].set_ylim(bottom=0)
    row[0].legend(fontsize=7)
    row[1].plot(at, [r["memory_mb"] for r in found], marker="o", color=BLUE)
    row[1].set(ylabel="megabytes", yscale="log", title="Memory of the clinics")
    row[2].plot(at, [r["build_seconds"] for r in found], marker="o", color=BLUE)
    row[2].set(ylabel="seconds, without encoding", yscale="log", title="Building it")
    for axes in row:
        axes.set(xlabel="clinics", xscale="log")


def _single(row: Any, found: list[dict[str, Any]]) -> None:
    for kind, colour, marker, dash in KINDS:
        mine = [r for r in found if r["kind"] == kind]
        at = [r["vectors"] for r in mine]
        for axes, figure_name in ((row[0], "p99"), (row[1], "memory_mb"), (row[2], "build_seconds")):
            values = [max(r[figure_name], 0.01) for r in mine]
            axes.plot(at, values, dash, marker=marker, color=colour, label=kind)
        chosen = [r for r in mine if r["chosen"]]
        row[0].plot([r["vectors"] for r in chosen], [r["p99"] for r in chosen], "*", color=colour, markersize=13)
    row[0].axhline(LIMIT_MS, color=GREY, linewidth=1)
    row[0].set(ylabel="milliseconds, p99", title="One index (star: what is chosen)")
    row[1].set(ylabel="megabytes", title="Its memory")
    row[2].set(ylabel="seconds", title="Building it")
    for axes in row:
        axes.set(xlabel="vectors", xscale="log", yscale="log")
    row[0].legend(fontsize=7)


def _ranged(
    axes: Axes, at: list[int], spreads: list[Mapping[str, Any]], label: str, colour: str, marker: str, dash: str,
    alpha: float,
) -> None:  # fmt: skip
    middle = [s["median"] for s in spreads]
    axes.plot(at, middle, dash, marker=marker, color=colour, label=label, alpha=alpha)
    axes.fill_between(at, [s["min"] for s in spreads], [s["max"] for s in spreads], color=colour, alpha=0.12)


def _number(item: tuple[str, Any]) -> int:
    return int(item[0])
