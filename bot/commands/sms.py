"""`faqbot sms`: try the SMS channel in the terminal, without an account at the provider."""

from __future__ import annotations

import json
import os
import re
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone

import typer

from bot.channels.sms.config import SmsConfig, sms_config
from bot.channels.sms.ledger import Ledger
from bot.channels.sms.local_provider import LocalProvider
from bot.channels.sms.privacy import Keys
from bot.channels.sms.simulate import Phone, converse, show
from bot.errors import FaqbotError
from bot.ports import free_port
from bot.servers import Assistant, running
from bot.settings import settings
from bot.sites import clinic_names, require_clinic

app = typer.Typer(no_args_is_help=True, help="The SMS channel.")


@app.callback()
def sms() -> None:
    """The SMS channel (docs/sms.md)."""


@app.command()
def simulate(
    clinic: str = typer.Option(..., help="The clinic that is texted."),
    number: str = typer.Option("+15555550199", "--from", help="The patient's number."),
) -> None:
    """Text with a clinic's assistant: signed requests as the provider sends them, replies with their segments.

    With FAQBOT_SMS_NUMBERS set it speaks to the running `faqbot serve`; else it starts servers of its own, with
    numbers made up and a stand-in for the provider.
    """
    require_clinic(clinic)
    with _server() as (config, address):
        phone = Phone(config, address, clinic=clinic, number=number)
        try:
            converse(phone, typer.echo)
        finally:
            phone.close()


@app.command()
def consent(
    clinic: str = typer.Option(..., help="The clinic."),
    number: str = typer.Option(..., "--from", help="The patient's number, with + and country code."),
) -> None:
    """Show every opt-out and opt-in of a number, with the words and the time."""
    from bot.consult.fields import parse_phone

    require_clinic(clinic)  # of a clinic or a number written wrongly it would say "never"
    number = number if re.fullmatch(r"\+\d{7,15}", number) else parse_phone(number)
    config = sms_config(settings())
    if config is None:
        raise FaqbotError("FAQBOT_SMS_NUMBERS is not set: there is no ledger to look into")
    ledger = Ledger(config.database_url, Keys(config.key), clock=time.time)
    try:
        changes = ledger.consent(number, clinic)
    finally:
        ledger.close()
    for change in changes:
        at = datetime.fromtimestamp(change.at, timezone.utc).isoformat(timespec="seconds")
        typer.echo(f"{at}  {change.change:3}  by {change.how}: {change.words}")
    if not changes:
        typer.echo(f"{number} has never opted out at {clinic}")


@contextmanager
def _server() -> Iterator[tuple[SmsConfig, str]]:
    config = sms_config(settings())
    if config is None:
        with _demo() as found:
            yield found
        return
    address = running(settings())
    if address is None:
        raise FaqbotError("no server runs here: start `faqbot serve` with the same settings first")
    if not config.api_url:
        _note("a reply that takes longer than 8 seconds goes to the provider and is not shown here")
    yield config, address.url


@contextmanager
def _demo() -> Iterator[tuple[SmsConfig, str]]:
    """Servers with SMS numbers for all clinics, for the duration of the block; nothing of them is kept."""
    _note("FAQBOT_SMS_NUMBERS is not set: starting servers with made-up numbers (about 25 s)")
    numbers = {f"+155555501{i:02d}": clinic for i, clinic in enumerate(sorted(clinic_names()))}
    with LocalProvider(seen=_seen) as provider, tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            FAQBOT_SMS_NUMBERS=json.dumps(numbers),
            FAQBOT_SMS_ACCOUNT_SID=f"AC{secrets.token_hex(16)}",
            FAQBOT_SMS_AUTH_TOKEN=secrets.token_hex(16),
            FAQBOT_SMS_KEY=secrets.token_urlsafe(32),
            FAQBOT_SMS_API_URL=provider.url,
            FAQBOT_PUBLIC_URL="https://sms.example.org",
            FAQBOT_RUN_DIR=folder,
            FAQBOT_DATABASE_URL="",
        )
        settings.cache_clear()
        config = sms_config(settings())
        assert config is not None
        with Assistant(
            settings(), port=free_port(), action_port=free_port(), progress=_note, only_talks=True
        ) as assistant:
            yield config, assistant.address.url


def _seen(fields: dict[str, str]) -> None:
    """Show what the REST API brought."""
    typer.echo("  (by the REST API)")
    show(fields["Body"], typer.echo)


def _note(text: str) -> None:
    typer.echo(text, err=True)
