"""`faqbot consult …`: for whoever runs the assistant. Every look at a request and every change is in the audit."""

from __future__ import annotations

import getpass
import json
import logging
import signal
from datetime import datetime, timezone
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import typer

from bot.errors import ConsultError
from bot.settings import settings
from bot.watch.start import start_logs

if TYPE_CHECKING:
    from bot.consult.database import Database
    from bot.consult.queue import StaffQueue

app = typer.Typer(no_args_is_help=True, help="Consult requests: look, export, erase, notify.")


def opened() -> Database:
    """The consult database of the settings. Raises ConsultError where database or keys cannot be used."""
    from bot.consult_setup import open_store  # not above: other commands need none of it

    return open_store(settings()).database


def caller() -> str:
    """Who is written to the audit."""
    return f"command:{getpass.getuser()}"[:80]


def _check(status: str | None) -> None:
    """Raises where there is no such status: it would only find nothing."""
    from bot.consult.filters import STATUSES

    if status is not None and status not in STATUSES:
        raise typer.BadParameter(f"no status '{status}'; use one of: {', '.join(STATUSES)}")


@app.command("list")
def list_(
    clinic: str = typer.Option(None, help="Only this clinic."),
    status: str = typer.Option(None, help="Only this status: new, contacted, scheduled, closed, unreachable, spam."),
    search: str = typer.Option("", help="An id, a phone number or an email address."),
    limit: int = typer.Option(50, help="How many at most."),
    as_json: bool = typer.Option(False, "--json", help="All fields, one JSON object a line."),
) -> None:
    """The requests, urgent ones first, then the newest."""
    from bot.consult.filters import Filter
    from bot.consult.show import as_dict, line

    _check(status)
    queue = _queue()
    for request in queue.list(Filter(clinic=clinic, status=status, search=search), limit=limit):
        text = json.dumps(as_dict(request), ensure_ascii=False) if as_json else line(request, _now())
        typer.echo(text)


@app.command()
def show(public_id: str = typer.Argument(..., metavar="ID", help="The request's id.")) -> None:
    """One request with all its fields and notes."""
    from bot.consult.show import page

    typer.echo(page(_queue().get(public_id), _now()))


@app.command()
def export(
    csv: bool = typer.Option(False, "--csv", help="For a spreadsheet [default]."),
    fhir: bool = typer.Option(False, "--fhir", help="A FHIR Bundle with Tasks and QuestionnaireResponses."),
    clinic: str = typer.Option(None, help="Only this clinic."),
    status: str = typer.Option(None, help="Only this status."),
    output: Path = typer.Option(None, help="File to write, readable by you alone [default: print]."),
) -> None:
    """All requests, as CSV or FHIR."""
    from bot.consult.filters import Filter

    if csv and fhir:
        raise typer.BadParameter("choose --csv or --fhir")
    _check(status)
    found = _queue().export(Filter(clinic=clinic, status=status), form="fhir" if fhir else "csv")
    if fhir:
        from bot.consult.export_fhir import fhir_of as written
    else:
        from bot.consult.export_csv import csv_of as written
    if output is None:
        typer.echo(written(found), nl=False)
        return
    try:
        output.touch(mode=0o600)
        output.write_text(written(found), encoding="utf-8", newline="")
    except OSError as error:
        raise ConsultError(f"{output} cannot be written: {error.strerror}") from error
    typer.echo(f"{len(found)} requests", err=True)


@app.command()
def erase(
    phone: str = typer.Option(None, help="The patient's phone number."),
    email: str = typer.Option(None, help="The patient's email address."),
) -> None:
    """Erase all that a patient has left: requests, notes, notifications, conversations and texts.

    What cannot be reached is named, with what to do.
    """
    from bot.consult.fields import parse_email, parse_phone
    from bot.consult.forget import conversations_of, erase_by_contact
    from bot.forgetting import forget

    if (phone is None) == (email is None):
        raise typer.BadParameter("give --phone or --email")
    contact = parse_phone(phone) if phone is not None else parse_email(email)
    database = opened()
    # the conversations first: where that fails, the requests still name them for another try
    left = forget(settings(), conversations_of(database, contact), phone=contact if phone is not None else "")
    erased = erase_by_contact(database, contact, actor=caller())
    for line in (f"{len(erased.requests)} requests erased", *left):
        typer.echo(line)


@app.command()
def purge() -> None:
    """Erase what is older than its clinic keeps it: requests and conversations. Run it each day."""
    from bot.consult_setup import purge_all

    requests, conversations = purge_all(settings(), opened(), now=_now(), actor=caller())
    typer.echo(f"{requests} requests and {conversations} conversations erased")


@app.command("rotate-keys")
def rotate() -> None:
    """Seal everything with the first key of FAQBOT_CONSULT_KEYS; the others may be taken out afterwards."""
    from bot.consult.rotation import rotate_keys

    database = opened()
    changed = rotate_keys(database, actor=caller())
    typer.echo(f"{changed} rows sealed again; all are sealed with key {database.keys.newest} now")


@app.command("make-key")
def make_key_() -> None:
    """Print a new key for FAQBOT_CONSULT_KEYS. Keep it: without it the requests cannot be read."""
    from bot.consult.keys import make_key

    typer.echo(make_key())


@app.command("dead-letters")
def dead_letters() -> None:
    """Notifications that were given up, and why."""
    from bot.consult.outbox import Outbox

    for letter in Outbox(opened()).dead():
        typer.echo(
            f"{letter.id}  {letter.public_id}  {letter.clinic}  {letter.kind}  "
            f"{letter.dead_at:%Y-%m-%d %H:%M}Z  {letter.attempts} tries: {letter.last_error}"
        )


@app.command("send-again")
def send_again(
    notification: str = typer.Argument(None, metavar="[NOTIFICATION]", help="Its id [default: all dead letters]."),
) -> None:
    """Try dead letters again, under their old ids."""
    from bot.consult.outbox import Outbox

    count = Outbox(opened()).send_again(actor=caller(), notification=notification)
    typer.echo(f"{count} notifications will be sent again")


@app.command()
def work() -> None:
    """Send notifications, and purge each day, until interrupted. `faqbot serve` starts this by itself."""
    from bot.consult.outbox import Outbox
    from bot.consult.worker import Worker
    from bot.consult_delivery import deliverers
    from bot.consult_setup import clinics, purge_all

    if not start_logs("consult"):
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for noisy in ("httpx", "alembic"):  # httpx would log the webhook's address, which may be secret
        logging.getLogger(noisy).setLevel(logging.WARNING)
    chosen, stop = settings(), Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    database = opened()
    worker = Worker(
        Outbox(database),
        deliverers(chosen, clinics(chosen)),
        daily=lambda: purge_all(chosen, database, now=_now(), actor="worker"),
    )
    worker.run(stop)


def _queue() -> StaffQueue:
    from bot.consult.queue import StaffQueue

    return StaffQueue(opened(), actor=caller(), clinics=None)


def _now() -> datetime:
    return datetime.now(timezone.utc)
