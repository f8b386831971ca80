"""`faqbot bench`: wires the bench (bot/bench) to the settings, the reports and the terminal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.bench import figures, markdown, report
from bot.bench.run import FULL, QUICK, Note, Plan
from bot.bench.run import run as measure
from bot.bench.systems import BenchError
from bot.build import newest_model
from bot.commands.evaluate_inputs import bars
from bot.evaluate.layout import table
from bot.settings import ROOT, Settings
from knowledge.store import CURRENT

REPORTS = ROOT / "reports"
TEXT = "bench.md"
UNFINISHED = "bench.unfinished.json"


def plan(
    *, quick: bool, seed: int, repeats: int | None, questions: int | None, phrasings: int | None, from_nothing: bool
) -> Plan:
    """The plan that the options of the command come to."""
    chosen = QUICK if quick else FULL
    sample = replace(
        chosen.sample,
        seed=seed,
        questions=questions or chosen.sample.questions,
        phrasings=phrasings or chosen.sample.phrasings,
    )
    return replace(chosen, sample=sample, repeats=repeats or chosen.repeats, from_nothing=from_nothing)


def run(settings: Settings, chosen: Plan, *, output: Path, out: Path | None, note: Note) -> str:
    """Measure, write the report to `output` and the figures to `out` too; returns the headline.

    Raises BenchError where the assistant is not built, a system fails or leaves a message without a reply.
    """
    _need_what_is_built(settings, chosen)
    measured: dict[str, Any] = {}
    try:
        with bars() as tick:
            made = measure(settings, chosen, tick=tick, note=note, measured=measured)
    except BenchError as error:
        if not measured:
            raise
        report.write(measured, output / UNFINISHED)
        raise BenchError(f"{error}\nwhat was measured before that stands in {output / UNFINISHED}") from error
    for path in [output / report.FILE, *([out] if out else [])]:
        report.write(made, path)  # before anything else: the run took long
    pictures = {path.stem: path.name for path in figures.draw(made, output)}
    (output / TEXT).write_text(markdown.render(made, pictures), encoding="utf-8")
    return headline(made, output)


def _need_what_is_built(settings: Settings, chosen: Plan) -> None:
    """Raise BenchError where a part that the run will need is missing: some are read after an hour only."""
    needed = {
        "encoder": settings.encoder_dir,
        "safety model": settings.safety_dir,
        "index": settings.index_dir / CURRENT,
    }
    for what, path in needed.items():
        if not path.exists():
            raise BenchError(f"no {what} in {path}; run `faqbot build`")
    if chosen.whole:
        newest_model(settings)  # raises where there is none


def headline(made: report.Report, output: Path) -> str:
    """The ratios and their aims, for the terminal."""
    reached = report.met(made)
    rows = [
        (name, f"{ratio:.2f}", " ".join(map(str, report.TARGETS[name])), "met" if reached[name] else "not met")
        for name, ratio in made["ratio"].items()
    ]
    return f"{table(('ratio to the stock pipeline', '', 'aim', ''), rows)}\n\nWritten to {output / TEXT}"
