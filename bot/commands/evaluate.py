"""`faqbot evaluate`: wires the measurements (bot/evaluate) to the built index, the servers and the terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.build import newest_model
from bot.commands import safety_report
from bot.commands.evaluate_inputs import Note, ask, bars, counter, open_bench, read_pages
from bot.errors import FaqbotError
from bot.evaluate import faq, gold, known, markdown, offtopic, readme, replies, report
from bot.evaluate.bootstrap import DRAWS
from bot.evaluate.calibrate import at, outcome
from bot.evaluate.gold import GoldRow
from bot.evaluate.measured import Measured, measure
from bot.evaluate.outcomes import Judged, from_batch, judge
from bot.evaluate.run import Bench, Tick
from bot.settings import ROOT, Settings
from bot.sites import clinic_names
from knowledge.encoder import OnnxEncoder
from knowledge.store import current_id
from knowledge.thresholds import Thresholds

GOLD = ROOT / "tests" / "gold"
REPORTS = ROOT / "reports"
README = ROOT / "README.md"
ABLATED = ("calibration", "test")
GOLD_ROWS = "gold questions through both servers"
EVERYDAY = "everyday requests through both servers"


@dataclass(frozen=True)
class Options:
    """What `faqbot evaluate` was called with."""

    split: str = "test"
    seed: int = 1
    output: Path = REPORTS
    quick: bool = False
    pages: Path | None = None
    off_topic: Path | None = None
    stock_epochs: int = 20
    stock_phrasings: int = 20
    intents: bool = True  # their cross-validation, beside Rasa's DIET: 20 minutes and more


def run(settings: Settings, options: Options, note: Note) -> report.Report:
    """Measure everything on the gold questions and write the reports; returns the report.

    Raises FaqbotError where something is missing, or a server gave no reply.
    """
    rows = gold.load(GOLD)
    if not gold.of_split(rows, options.split):
        raise FaqbotError(f"no gold question is of split '{options.split}'")
    requests = offtopic.read(options.off_topic) if options.off_topic else []
    pages = read_pages(options.pages) if options.pages else None
    with bars() as tick:
        bench = open_bench(settings, tick, note)
        assistant, everyday = _ask_gold(settings, rows, requests, tick, note)
        stock = None if options.quick else _stock(bench, rows, options, note)
        measured = measure(bench, rows, pages=pages, stock=stock)
        measured.systems = {report.ASSISTANT: assistant, **measured.systems}
        nlu = _nlu(settings, options.seed, note) if options.intents and not options.quick else None
        material = _material(bench, rows, measured, everyday, nlu, options.split)
    made = report.make(
        material,
        split=options.split,
        seed=options.seed,
        gold_hash=gold.data_hash(GOLD),
        built={
            "index": current_id(settings.index_dir),
            "encoder": bench.encoder.fingerprint,
            "Rasa model": newest_model(settings).name.partition(".")[0],
        },
        draws=DRAWS,
        quick=options.quick,
    )
    write(made, options.output)
    return made


def run_all(settings: Settings, options: Options, note: Note) -> str:
    """`run`, and the headline for the terminal."""
    made = run(settings, options, note)
    if (settings.safety_dir / "manifest.json").is_file():
        safety_report.run(settings, options.off_topic, options.output)
    else:
        note("the safety screen is left out: its model is not built; run `faqbot build`")
    return f"{readme.block(made)}\n\nWritten to {options.output}"


def write(made: report.Report, folder: Path) -> None:
    """The report as JSON, pictures and Markdown."""
    from bot.evaluate import figures

    report.write(made, folder)
    pictures = {path.stem: path.name for path in figures.draw(made, folder)}
    (folder / "evaluation.md").write_text(markdown.render(made, pictures), encoding="utf-8")


def run_faq(settings: Settings, source: Path, questions: Path, out: Path | None) -> str:
    """Score any FAQ; returns the table, and writes the figures to `out`. Raises FaqbotError for a faulty file."""
    known_ones, asked = known.read_known(source), known.read_questions(questions)
    with bars() as tick:
        encoder = OnnxEncoder(settings.encoder_dir)
        result = faq.evaluate(known_ones, asked, encoder, done=counter("questions", len(asked), tick))
    _dump(result, out)
    return faq.table(result, source, questions)


def run_off_topic(settings: Settings, source: Path, clinics: Sequence[str], out: Path | None, note: Note) -> str:
    """Ask everyday requests through both servers; returns a sentence, and writes the figures to `out`."""
    texts = offtopic.read(source)
    with bars() as tick:
        told = ask(settings, {EVERYDAY: offtopic.spread(texts, clinics)}, tick, note)
    result = offtopic.score(told[EVERYDAY])
    _dump(result, out)
    kinds = ", ".join(f"{kind} {number}" for kind, number in result["kinds"].items())
    return f"{result['answered']} of {result['rows']} ({100 * result['share']:.1f} %) answered from an entry ({kinds})"


def run_gold(settings: Settings, folder: Path, split: str, seed: int, out: Path | None, note: Note) -> str:
    """Score the replies to the gold questions of another folder; returns a table, and writes the figures to `out`.

    Raises FaqbotError for a faulty file, or where none is of the split.
    """
    rows = gold.of_split(gold.load(folder), split)
    if not rows:
        raise FaqbotError(f"no gold question in {folder} is of split '{split}'")
    with bars() as tick:
        judged, _ = _ask_gold(settings, rows, [], tick, note)
    result = replies.score(judged, seed=seed)
    _dump(result, out)
    return replies.shown(result)


def update_readme(folder: Path) -> bool:
    """Put the table of the report in `folder` into the README; returns whether it changed."""
    return readme.update(README, readme.read_report(folder / report.FILE))


def _material(
    bench: Bench,
    rows: Sequence[GoldRow],
    measured: Measured,
    everyday: dict[str, Any] | None,
    nlu: dict[str, Any] | None,
    split: str,
) -> report.Material:
    """All that the report is made of."""
    front = gold.of_split(rows, split)
    ablated = gold.of_split(rows, *ABLATED)
    inside = {row.id for row in ablated}
    return report.Material(
        rows=rows,
        topics=bench.topics(rows),
        systems=measured.systems,
        rankings=measured.rankings,
        eager=measured.eager,
        confidences=bench.confidences(rows),
        ablated=[j for j in measured.systems[report.ALONE] if j.row.id in inside],
        ablations=bench.ablations(ablated),
        off_topic=everyday,
        nlu=nlu,
        promise=promised(bench, front),
    )


def promised(bench: Bench, rows: Sequence[GoldRow]) -> dict[str, Any] | None:
    """The promise of the thresholds, and how many of the sure answers to `rows` are given and mistaken."""
    thresholds = Thresholds.load()
    if thresholds.promise is None:
        return None
    answered, wrong = outcome(bench.index, bench.encoder, rows, at(thresholds, thresholds.sure))
    return {**asdict(thresholds.promise), "here": {"answered": answered, "wrong": wrong}}


def _ask_gold(
    settings: Settings, rows: Sequence[GoldRow], requests: Sequence[str], tick: Tick, note: Note
) -> tuple[list[Judged], dict[str, Any] | None]:
    """The gold questions, and the everyday requests where there are any, through both servers."""
    batches = {GOLD_ROWS: [json.dumps({"id": row.id, "clinic": row.clinic, "text": row.text}) for row in rows]}
    if requests:
        batches[EVERYDAY] = offtopic.spread(requests, sorted(clinic_names()))
    told = ask(settings, batches, tick, note)
    judged = [judge(row, from_batch(reply)) for row, reply in zip(rows, told[GOLD_ROWS], strict=True)]
    return judged, offtopic.score(told[EVERYDAY]) if requests else None


def _stock(bench: Bench, rows: Sequence[GoldRow], options: Options, note: Note) -> list[list[tuple[str, float]]]:
    from bot.evaluate.stock import rankings

    return rankings(
        bench.index.knowledge,
        rows,
        progress=note,
        epochs=options.stock_epochs,
        phrasings=options.stock_phrasings,
        seed=options.seed,
    )


def _nlu(settings: Settings, seed: int, note: Note) -> dict[str, Any]:
    from bot.commands.evaluate_intents import run as cross_validate

    return cross_validate(settings, note, seed=seed)


def _dump(result: dict[str, Any], out: Path | None) -> None:
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(result, indent=1, sort_keys=True) + "\n", encoding="utf-8")
