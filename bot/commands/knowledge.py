"""`faqbot knowledge …`: for the staff who keep the FAQ."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import typer

from bot.errors import FaqbotError
from bot.settings import settings
from bot.sites import require_clinic

app = typer.Typer(no_args_is_help=True, help="For the staff who keep the FAQ.")


@app.command("check")
def check(
    folder: Path = typer.Option(None, help="The knowledge folder [default: knowledge/]."),
) -> None:
    """Report every fault of the FAQ content as file:line, what is wrong, and the mend.

    Ends with 1 where there is a fault. A review more than a year old is a warning: it is named, and ends with 0.
    """
    from knowledge.checks import check as faults_of
    from knowledge.load import read
    from knowledge.reviews import stale

    root, today = folder or settings().knowledge_dir, date.today()
    problems = faults_of(root, today=today)
    for problem in problems:
        typer.echo(str(problem))
    due = stale(read(root)[0], today=today)
    for review in due:
        typer.echo(f"warning: {review}")
    if due:
        typer.echo(f"{len(due)} reviews are more than a year old (a warning: the FAQ can be built)", err=True)
    if problems:
        typer.echo(f"{len(problems)} problems", err=True)
        raise typer.Exit(1)
    typer.echo("no problems")


@app.command("list")
def list_(
    clinic: str = typer.Option(None, help="Only this clinic."),
    missing: bool = typer.Option(False, help="The questions that the clinic's FAQ leaves open."),
    questions: bool = typer.Option(False, help="The catalogue of questions."),
) -> None:
    """List clinics and their entries, the catalogue, or the questions that a clinic leaves open."""
    from bot.commands.knowledge_list import catalogue, entries, open_questions
    from knowledge.load import load

    knowledge = load(settings().knowledge_dir)
    if clinic:
        require_clinic(clinic)
    chosen = [c for c in knowledge.clinics if clinic in (None, c.id)]
    if questions:
        lines = list(catalogue(knowledge))
    elif missing:
        lines = [line for c in chosen for line in open_questions(knowledge, c)]
    else:
        lines = [line for c in chosen for line in entries(c)]
    for line in lines:
        typer.echo(line)


@app.command("import")
def import_(
    page: Path = typer.Argument(..., help="The clinic's FAQ page, saved as text or HTML (UTF-8)."),
    clinic: str = typer.Option(..., help="Whose page it is."),
    output: Path = typer.Option(None, help="Folder of the drafts [default: drafts/CLINIC in the run folder]."),
    source: str = typer.Option("FAQ", help="What patients read as the source of an answer."),
) -> None:
    """Cut a clinic's page into drafts of answers, with the questions that they may answer. Nothing of it is served."""
    from bot.commands.knowledge_import import run

    require_clinic(clinic)
    for line in run(settings(), page, clinic, output=output, source=source):
        typer.echo(line)


@app.command("diff")
def diff(
    old: str = typer.Argument(..., help="A knowledge folder, or a Git revision of this one, such as HEAD~1."),
    new: str = typer.Argument(None, help="The same [default: the knowledge folder as it stands]."),
    json: bool = typer.Option(False, "--json", help="For a script."),
) -> None:
    """What patients would be told differently, clinic by clinic.

    Ends with 0 where nothing differs, 1 where something does, 2 where the two cannot be compared.
    """
    from bot.commands.knowledge_diff import as_json, lines
    from bot.commands.knowledge_revisions import content
    from knowledge.differences import differences

    folder = settings().knowledge_dir
    try:
        before, after = content(old, folder), content(new or str(folder), folder)
    except FaqbotError as error:
        typer.echo(f"faqbot: {error}", err=True)
        raise typer.Exit(2) from error
    found = differences(before, after)
    for line in [as_json(found)] if json else lines(found, before, after):
        typer.echo(line)
    if found:
        raise typer.Exit(1)
