"""The report as Markdown: the ratios, the load, a turn's parts. `bot.bench.sections` has the rest."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from typing import Any

from bot.bench import faults, sections, workers
from bot.bench.report import ONE, met, most
from bot.bench.sections import WHOLE, spread
from bot.bench.two import OURS, STOCK
from bot.evaluate.layout import table

Report = Mapping[str, Any]

NAMES = {
    "p50": "median latency, one conversation",
    "throughput": "messages a second, most conversations at once",
    "training": "training",
    "start": "start to ready",
    "memory": "memory of all processes (RSS)",
}
FIGURES = ("p50", "p95", "p99", "throughput")
QUICK = (
    "\n\n**A quick run**: the code was exercised, the figures mean nothing. Both systems were trained and started at "
    "the same time, the stock models with a single epoch."
)


def render(report: Report, pictures: Mapping[str, str]) -> str:
    """The report's text; `pictures` names the file of each picture."""
    parts = [
        _opening(report),
        _load(report, pictures),
        _long(report, pictures),
        _parts(report, pictures),
        sections.costs(report),
        *([workers.section(report["workers"])] if "workers" in report else []),
        sections.clinics(report, pictures),
        sections.single(report),
        *([faults.section(report["faults"])] if "faults" in report else []),
        sections.how(report),
        sections.made(report["about"]),
    ]
    return "\n\n".join(parts) + "\n"


def _opening(report: Report) -> str:
    held, options = report["content"], report["about"]["options"]
    reached, ranges, targets = met(report), report["ratio_spread"], report["targets"]
    rows = [
        (
            NAMES[name],
            f"{ratio:.2f}",
            f"{ranges[name]['min']:.2f} to {ranges[name]['max']:.2f}",
            f"{targets[name]['bound']} {targets[name]['value']}",
            "yes" if reached[name] else "**no**",
        )
        for name, ratio in report["ratio"].items()
    ]
    head = ("this assistant over the stock pipeline", "ratio", "over the repeats", "aim", "met")
    return (
        "# Speed\n\nThis assistant beside what one would pick instead, Rasa's stock pipeline (DIET, ResponseSelector, "
        f"TED, each with {options['sample']['epochs']} epochs), trained and served on the same content in the same run."
        f"\n\n{table(head, rows)}{QUICK if options['together'] else ''}\n\n"
        f"**The content** is the same sample for both: {held['questions']} questions of the catalogue with "
        f"{options['sample']['phrasings']} phrasings each ({held['phrasings']:,} with the headings), as all of it "
        f"would keep the stock pipeline training for hours. This assistant holds the {held['entries']} entries of "
        f"{held['clinics']} clinics beside it; the stock pipeline knows no clinics and holds those of one."
    )


def _load(report: Report, pictures: Mapping[str, str]) -> str:
    systems = {name: report["load"][name] for name in (OURS, STOCK)}
    if "whole" in report:
        systems[WHOLE] = report["whole"]["load"]
    if "echo" in report:
        systems["bare Rasa echo"] = report["echo"]["load"]
    rows = [
        (name, level, *(spread(row[figure]) for figure in FIGURES))
        for name, levels in systems.items()
        for level, row in sorted(levels.items(), key=_number)
    ]
    head = ("system", "conversations at once", "p50, ms", "p95, ms", "p99, ms", "messages a second")
    return (
        f"## Latency and throughput\n\n{table(head, rows)}\n\nMedian of the repeats, and their range. The systems' "
        "windows alternate, so that both meet the same minutes; the load comes from a process of its own on the same "
        f"cores. {_cpu(report)}\n\n![latency and throughput]({pictures['bench_load']})"
    )


def _cpu(report: Report) -> str:
    """Where the processors' time goes at the most conversations."""
    told = []
    for name in (OURS, STOCK):
        used = report["load"][name][most(report["load"][name])]["cpu"]
        told.append(f"{name}: {', '.join(f'{process} {ms:.1f}' for process, ms in used.items() if ms >= 0.05)}")
    return f"Milliseconds of the processors a message at the most conversations: {'; '.join(told)}."


def _long(report: Report, pictures: Mapping[str, str]) -> str:
    took = report["long"]
    tenth = max(1, len(took) // 10)
    first, last = statistics.median(took[tenth : 2 * tenth]), statistics.median(took[-tenth:])
    return (
        f"## A long conversation\n\nOne conversation of {len(took)} messages: the second tenth of it takes {first:.1f} "
        f"ms at the median, the last tenth {last:.1f} ms.\n\n![a long conversation]({pictures['bench_long']})"
    )


def _parts(report: Report, pictures: Mapping[str, str]) -> str:
    rows = [(name, f"{row['p50']:.2f}", f"{row['p95']:.2f}") for name, row in report["parts"].items()]
    floor = f"{report['echo']['load'][ONE]['p50']['median']:.1f} ms" if "echo" in report else "not in a quick run"
    return (
        f"## The parts of one turn\n\n{table(('part', 'p50, ms', 'p95, ms'), rows)}\n\nMeasured in Rasa's process "
        "around the very code of a channel, and in the search's for the same messages, one at a time. Screen and "
        "encode run side by side; encode is the way to the action server and back, the message with the questions in "
        "it. The turn goes on behind the screen; what is not encoded when the NLU comes is the wait for the vector. "
        "The search, with what it must encode still (what it reads together), runs there from then on while Rasa "
        "works; the action is the call of the action server, which waits for what is left. `turn` is all but HTTP "
        "between patient and Rasa. The floors: `bare forward pass` is ONNX Runtime alone on the message with the "
        "questions in it; Rasa that only echoes takes (HTTP too) "
        f"{floor}.\n\n![the parts of one turn]({pictures['bench_parts']})"
    )


def _number(item: tuple[str, Any]) -> int:
    return int(item[0])
