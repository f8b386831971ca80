"""The command `faqbot`. Exit codes: 0 done, 1 the content or a server has a fault, 2 the call is wrong."""

from __future__ import annotations

import asyncio
import signal
import sys
import uuid
from pathlib import Path
from typing import Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.commands.consult import app as consult_app
from bot.commands.inbox import inbox
from bot.commands.knowledge import app as knowledge_app
from bot.commands.sms import app as sms_app
from bot.commands.user import app as user_app
from bot.errors import FaqbotError
from bot.settings import settings
from bot.sites import require_clinic

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The infusion FAQ assistant.")
app.add_typer(knowledge_app, name="knowledge")
app.add_typer(consult_app, name="consult")
app.add_typer(user_app, name="user")
app.command("inbox")(inbox)
app.add_typer(sms_app, name="sms")

_SERVER_FAULT = "no reply for a fault of the servers; look at their logs in run/ and ask again"


def say(text: str) -> None:
    """Print for the person who called."""
    typer.echo(text)


def note(text: str) -> None:
    """Print progress, which a script does not read."""
    typer.echo(text, err=True)


def main() -> None:
    """Run the command; an error that a person can mend is printed without a traceback."""
    try:
        app()
    except FaqbotError as error:
        typer.echo(f"faqbot: {error}", err=True)
        sys.exit(1)


@app.command()
def build(
    force: bool = typer.Option(False, help="Build again what has not changed."),
    index_only: bool = typer.Option(False, help="The index alone: enough after an edit of the FAQ."),
) -> None:
    """Check the knowledge and build the encoder, the index and the Rasa model; only what changed."""
    from bot.build import build as build_all
    from bot.build import build_index

    if index_only:
        build_index(settings(), note, force=force)
    else:
        build_all(settings(), note, force=force)


@app.command()
def serve(
    port: int = typer.Option(None, help="Port of the Rasa server and the web page [default: 5005]."),
) -> None:
    """Serve patients: action server and Rasa server, until interrupted."""
    from bot.servers import Assistant, publish

    chosen = settings()
    port = port or chosen.port
    signal.signal(signal.SIGTERM, _interrupt)
    state: Path | None = None
    try:
        with Assistant(chosen, port=port, action_port=chosen.action_port, progress=note) as assistant:
            state = publish(chosen, assistant.address)
            say(f"ready {assistant.address.url}/")
            sys.stdout.flush()
            assistant.watch()
    except KeyboardInterrupt:
        note("stopped")
    finally:
        if state:
            state.unlink(missing_ok=True)


@app.command()
def shell(
    clinic: str = typer.Option(..., help="The clinic whose FAQ answers."),
    explain: bool = typer.Option(False, help="Show intent, question, entry and scores of each reply."),
) -> None:
    """Talk to a clinic's assistant in the terminal."""
    from bot.commands.ask import reachable
    from bot.commands.shell import converse

    require_clinic(clinic)
    with reachable(settings(), note) as address:
        asyncio.run(converse(address, clinic, say, explain=explain))


@app.command()
def ask(
    text: str = typer.Argument(None, help="One question."),
    clinic: str = typer.Option(None, help="The clinic whose FAQ answers."),
    channel: str = typer.Option("web", help="In which form: web, sms or shell."),
    input: Path = typer.Option(None, help="A batch: JSON lines with id, clinic, text or turns, channel."),
    output: Path = typer.Option(None, help="Where the batch's answers go, in the same order."),
) -> None:
    """Ask one question (--clinic C TEXT) or a batch (--input IN.jsonl --output OUT.jsonl)."""
    if input is not None:
        if text or output is None:
            raise typer.BadParameter("a batch needs --input and --output and no question")
        _ask_batch(input, output)
        return
    if not text or not clinic:
        raise typer.BadParameter("give --clinic and a question, or --input and --output")
    require_clinic(clinic)
    _ask_one(text, clinic, channel)


@app.command()
def calibrate(
    risk: float = typer.Option(0.05, help="Share of the answers given that may be wrong."),
    confidence: float = typer.Option(0.95, help="How sure the promise is."),
) -> None:
    """Fit the confidence and choose its threshold with a promise; writes knowledge/thresholds.yml."""
    from bot.commands.calibrate import run

    for line in run(settings(), risk=risk, confidence=confidence):
        say(line)


@app.command()
def evaluate(
    split: str = typer.Option("test", help="The split in front: development, calibration or test."),
    seed: int = typer.Option(1, help="Of the bootstrap and the folds: the same seed gives the same report."),
    output: Path = typer.Option(None, help="Where the reports go [default: reports/]."),
    quick: bool = typer.Option(False, help="No stock Rasa baselines and no cross-validation of the intents."),
    intents: bool = typer.Option(True, help="Cross-validate the intents, beside Rasa's DIET (the longest part)."),
    pages: Path = typer.Option(None, help="Folder with the clinics' pages, <clinic>.txt: the passage baselines."),
    offtopic: Path = typer.Option(None, help="Everyday requests (JSON lines with text) that no entry may answer."),
    clinic: list[str] = typer.Option(None, help="With --offtopic: ask these requests alone, of these clinics in turn."),
    gold: Path = typer.Option(None, help="Score the replies to the gold questions (.jsonl) of another folder, alone."),
    faq: Path = typer.Option(None, help="Score another FAQ: a knowledge folder, or .csv or .jsonl of known questions."),
    questions: Path = typer.Option(None, help="With --faq: the questions to find the class of, .csv or .jsonl."),
    json: Path = typer.Option(None, help="With --faq, --gold, or --offtopic and --clinic: where the figures go."),
    stock_epochs: int = typer.Option(20, help="Epochs of Rasa's stock ResponseSelector; its default is 100."),
    stock_phrasings: int = typer.Option(20, help="Phrasings of a question that it learns from; all take hours."),
    readme: bool = typer.Option(False, help="Only put the table of the last report into README.md."),
    safety: bool = typer.Option(False, help="Only the safety screen; with --offtopic its false alarms there too."),
) -> None:
    """Measure the quality on the gold questions and write reports/, or score any FAQ (--faq, --questions)."""
    from bot.commands import evaluate as command

    if (faq is None) != (questions is None):
        raise typer.BadParameter("--faq and --questions go together")
    if clinic and offtopic is None:
        raise typer.BadParameter("--clinic goes with --offtopic")
    runs = {"--faq": faq, "--gold": gold, "--safety": safety, "--clinic": clinic, "--readme": readme}
    alone = [name for name, given in runs.items() if given]
    if len(alone) > 1:
        raise typer.BadParameter(f"{' and '.join(alone)} are runs of their own; give one of them")
    if faq is not None:
        say(command.run_faq(settings(), faq, questions, json))
    elif gold is not None:
        say(command.run_gold(settings(), gold, split, seed, json, note))
    elif safety:
        from bot.commands import safety_report

        say(safety_report.run(settings(), offtopic, output or command.REPORTS))
    elif clinic:
        for name in clinic:
            require_clinic(name)
        say(command.run_off_topic(settings(), offtopic, clinic, json, note))
    elif readme:
        say("README.md updated" if command.update_readme(output or command.REPORTS) else "README.md is up to date")
    else:
        options = command.Options(
            split, seed, output or command.REPORTS, quick, pages, offtopic, stock_epochs, stock_phrasings, intents
        )
        say(command.run_all(settings(), options, note))


@app.command()
def bench(
    quick: bool = typer.Option(False, help="Exercise all of it in two minutes; the figures mean nothing."),
    json: Path = typer.Option(None, help="Where the figures go as JSON too, with `ratio` to the stock pipeline."),
    output: Path = typer.Option(None, help="Where the report goes [default: reports/]."),
    seed: int = typer.Option(1, help="Of the sample, the models and the load: the same seed, the same run."),
    repeats: int = typer.Option(None, min=1, help="Windows of load for each system and level [default: 5]."),
    questions: int = typer.Option(None, min=2, help="Questions of the catalogue that both systems get [default: 120]."),
    phrasings: int = typer.Option(
        None, min=15, help="Phrasings of each; the check of the content wants 15 [default: 15]."
    ),
    from_nothing: bool = typer.Option(False, help="Also build this assistant from nothing, safety screen and all."),
) -> None:
    """Measure speed beside Rasa's stock pipeline, trained and served on the same content (takes an hour or two)."""
    from bot.commands import bench as command

    signal.signal(signal.SIGTERM, _interrupt)  # so that the servers under test are stopped then too
    plan = command.plan(
        quick=quick, seed=seed, repeats=repeats, questions=questions, phrasings=phrasings, from_nothing=from_nothing
    )
    say(command.run(settings(), plan, output=output or command.REPORTS, out=json, note=note))


@app.command()
def switch(
    position: str = typer.Argument(..., help="on or off"),
    clinic: str = typer.Option(..., help="Whose assistant."),
) -> None:
    """Switch a clinic's assistant on or off, at once; off, it says only how to reach the clinic, and help in danger."""
    from bot.switch import turn

    if position not in {"on", "off"}:
        raise typer.BadParameter("say on or off")
    turn(settings(), clinic, on=position == "on")
    say(f"the assistant of {clinic} is {position}")


def _ask_one(text: str, clinic: str, channel: str) -> None:
    from bot.commands.ask import Operator, reachable

    async def once(address: Any) -> dict[str, Any]:
        async with Operator(address) as operator:
            return await operator.turn(text, conversation=f"ask-{uuid.uuid4().hex}", clinic=clinic, channel=channel)

    with reachable(settings(), note) as address:
        row = asyncio.run(once(address))
    say(row["text"])
    if row["kind"] == "error":
        raise FaqbotError(_SERVER_FAULT)


def _ask_batch(source: Path, target: Path) -> None:
    from bot.commands.ask import Answer, ask_each, reachable
    from bot.commands.batch_file import output, read_lines

    lines = read_lines(source)
    errors, faults = 0, 0
    columns = (TextColumn("answering"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with (
        output(target, note) as write,
        reachable(settings(), note) as address,
        Progress(*columns, transient=True) as progress,
    ):
        task = progress.add_task("answering", total=len(lines))

        def take(answer: Answer) -> None:
            nonlocal errors, faults
            write(answer.row)
            errors += answer.row["kind"] == "error"
            faults += answer.server_fault
            progress.advance(task)

        asyncio.run(ask_each(address, lines, take))
    note(f"{len(lines)} rows, {errors} of them errors")
    if faults:
        raise FaqbotError(f"{faults} rows: {_SERVER_FAULT}")


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
