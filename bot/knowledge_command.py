"""`faqbot knowledge …`: for the staff who keep the FAQ."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import typer

from bot.settings import settings
from bot.sites import require_clinic

app = typer.Typer(no_args_is_help=True, help="For the staff who keep the FAQ.")


@app.command("check")
def check(
    folder: Path = typer.Option(None, help="The knowledge folder [default: knowledge/]."),
) -> None:
    """Report every fault of the FAQ content as file:line, what is wrong, and the mend."""
    from knowledge.checks import check as faults_of

    root = folder or settings().knowledge_dir
    problems = faults_of(root, today=date.today())
    for problem in problems:
        typer.echo(str(problem))
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
    from bot.listing import catalogue, entries, open_questions
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
