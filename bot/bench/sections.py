"""Sections of the report: what it costs to have each system, the search at scale, how it was measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.bench.two import OURS, STOCK
from bot.evaluate.layout import table

Report = Mapping[str, Any]

WHOLE = f"{OURS}, its whole content"
KINDS = {
    "exhaustive": "exhaustive, 16 bit",
    "cells": "cells (inverted file), 4 bit codes and 16 bit",
    "graph": "graph (HNSW), 32 bit",
}
SEARCH_MS, SINGLE_MS, RECALL = 2.0, 10.0, 0.98  # the aims


def costs(report: Report) -> str:
    """Training, start and memory."""
    rows = []
    for name in (OURS, STOCK):
        training = report["training"][name]
        trained = f"{training['seconds']:.0f} ({training['cpu_seconds']:.0f} of the processors)"
        rows.append((name, trained, spread(report["start"][name]), *_memory(report["memory"][name])))
    if "whole" in report:
        rows.append((WHOLE, "", f"{report['whole']['start']:.1f}", *_memory(report["whole"]["memory"])))
    nothing = ""
    if "from_nothing" in report:
        nothing = f" From nothing, with both, it takes {report['from_nothing']:.0f} s."
    head = ("system", "training, s", "start to ready, s", "RSS, MB", "PSS, MB")
    return (
        f"## Training, start, memory\n\n{table(head, rows)}\n\nTraining is from the content to what is served. This "
        "assistant's encoder and the model of its safety screen are not in it: they are made once, or when the "
        f"screen's own examples change, and know no content.{nothing} Ready is when a message was answered; files were "
        "in the page cache. Memory is that of all processes of a system after the load (RSS counts pages that "
        f"processes share in each, PSS by share): {'; '.join(_processes(report, name) for name in (OURS, STOCK))}."
    )


def _passes(times: Mapping[str, Any]) -> tuple[str, str]:
    """The cells of p50 and p99."""
    least, most = times["p99_range"]
    return f"{times['p50']:.2f}", f"{times['p99']:.2f} ({least:.2f} to {most:.2f})"


def clinics(report: Report, pictures: Mapping[str, str]) -> str:
    """Many clinics in one action server."""
    rows = [
        (
            f"{r['clinics']:,}",
            f"{r['entries']:,}",
            *(cell for what in ("text", "message") for cell in _passes(r[what])),
            f"{r['memory_mb']:,.0f}",
            f"{r['build_seconds']:.1f}",
        )
        for r in report["scale"]["clinics"]
    ]
    head = ("clinics", "entries", "a text, p50 ms", "p99 ms", "a message, p50 ms", "p99 ms", "memory, MB", "build, s")
    most = report["scale"]["clinics"][-1]
    return (
        f"## Many clinics in one action server\n\n{table(head, rows)}\n\nThe real catalogue ({most['phrasings']:,} "
        "phrasings) with made-up clinics. Encoding is not in these times: the vectors were at hand. Median of the "
        "passes over the gold questions, and the range of their p99. A text is one "
        "search (every ranking of every question); a message may be several, as it is searched whole and by its "
        f"questions. Aim: at most {SEARCH_MS:.0f} ms at p99 with the most clinics. A search: "
        f"{_verdict(most['text']['p99'], SEARCH_MS)}; a whole message: {_verdict(most['message']['p99'], SEARCH_MS)}."
        f"\n\n![the search at scale]({pictures['bench_scale']})"
    )


def single(report: Report) -> str:
    """One index of many vectors."""
    found = report["scale"]["single"]
    rows = [
        (
            f"{r['vectors']:,}",
            KINDS[r["kind"]] + (" (chosen)" if r["chosen"] else ""),
            f"{r['recall']:.3f}",
            f"{r['p50']:.2f}",
            f"{r['p99']:.2f}",
            f"{r['memory_mb']:,.0f}",
            f"{r['build_seconds']:.1f}",
        )
        for r in found
    ]
    head = ("vectors", "index", "recall@10", "p50, ms", "p99, ms", "memory, MB", "build, s")
    largest = next(r for r in reversed(found) if r["chosen"])
    kept = "met" if largest["recall"] >= RECALL else "**not met**"
    return (
        f"## One index of many entries\n\n{table(head, rows)}\n\nVectors scattered around those of the catalogue; the "
        "queries are gold questions, with none of which the indexes were tuned. Single queries on one thread; recall "
        f"against comparing all. Aims for the largest: at most {SINGLE_MS:.0f} ms at p99: "
        f"{_verdict(largest['p99'], SINGLE_MS)}; a recall of at least {RECALL}: {kept} ({largest['recall']:.3f})."
    )


def how(report: Report) -> str:
    """How it was measured, and how to do it again."""
    options = report["about"]["options"]
    return (
        "## How\n\n"
        "- The messages are gold questions, five a conversation; a question that comes again has another opening or "
        "ending, so that no cache of texts helps. None is small talk: every one takes the whole way.\n"
        "- This assistant is asked over its web channel, as the widget asks, with its limits on requests lifted and "
        "its time limit of a turn raised to 60 s: a slow turn is measured, not replaced. The stock pipeline is asked "
        "over Rasa's REST channel.\n"
        f"- {options['repeats']} windows of {options['seconds']:.0f} s for each system and level, after "
        f"{options['warm_up']:.1f} s that do not count; a message without a reply ends the run.\n"
        "- Again: `faqbot bench`; `--quick` exercises all of it in two minutes. docs/performance.md tells what makes "
        "the difference."
    )


def made(about: Report) -> str:
    """When, on what, with what."""
    machine = about["machine"]
    told = ", ".join(f"{name} {number}" for name, number in about["versions"].items())
    return (
        f"---\n\nMade {about['made']} on {machine['cores']} cores ({machine['processor']}, {machine['memory_gb']} GB, "
        f"{machine['system']}) with {told}; seed {about['options']['sample']['seed']}."
    )


def spread(found: Mapping[str, Any]) -> str:
    """A median with the range of the repeats."""
    digits = 1 if found["median"] < 1000 else 0
    middle = f"{found['median']:.{digits}f}"
    if found["min"] == found["max"]:
        return middle
    return f"{middle} ({found['min']:.{digits}f} to {found['max']:.{digits}f})"


def _memory(held: Mapping[str, Any]) -> tuple[str, str]:
    return f"{held['rss']:.0f}", f"{held['pss']:.0f}"


def _processes(report: Report, name: str) -> str:
    held = report["memory"][name]["processes"].items()
    return f"{name}: " + ", ".join(f"{process.rpartition(' ')[0]} {mb:.0f}" for process, mb in held)


def _verdict(value: float, most: float) -> str:
    return f"{'met' if value <= most else '**not met**'} ({value:.2f} ms)"
