"""`faqbot inbox`: serves the staff inbox, on a port of its own. `faqbot serve` starts it where a port is set."""

from __future__ import annotations

import logging
import socket
from collections.abc import Collection
from typing import TYPE_CHECKING

import typer

from bot.errors import ServingError
from bot.settings import Settings, settings
from bot.watch.start import start_logs

if TYPE_CHECKING:
    from flask import Flask

logger = logging.getLogger(__name__)

PORT = 5006  # by hand, where FAQBOT_INBOX_PORT is not set
THREADS = 4


def inbox(
    host: str = typer.Option(None, help="Address to listen on [default: FAQBOT_INBOX_HOST, 127.0.0.1]."),
    port: int = typer.Option(None, help="Port to listen on [default: FAQBOT_INBOX_PORT, 5006]."),
) -> None:
    """Serve the staff inbox under /inbox, until interrupted."""
    import waitress

    if not start_logs("inbox"):
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for noisy in ("alembic", "waitress"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    chosen = settings()
    host, port = host or chosen.inbox_host, port or chosen.inbox_port or PORT
    app = inbox_of(chosen)
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        raise ServingError(
            f"the inbox cannot listen on {host}:{port}: {error.strerror}; see FAQBOT_INBOX_HOST and FAQBOT_INBOX_PORT"
        ) from error
    server = waitress.create_server(app, sockets=[listener], threads=THREADS, ident=None)
    typer.echo(f"ready http://{host}:{port}/inbox/")
    server.run()


def inbox_of(chosen: Settings) -> Flask:
    """The inbox over the consult database of the settings. Raises ConsultError where it cannot be opened."""
    from bot.consult.inbox.app import create_app
    from bot.consult.inbox.parts import Parts
    from bot.consult.sessions import Sessions
    from bot.consult.users import Users
    from bot.consult_setup import clinics, open_store, provide_key_file
    from bot.sites import clinic_names

    provide_key_file(chosen)
    database = open_store(chosen).database
    users = Users(database)

    def forget(conversations: Collection[str]) -> None:
        from bot import forgetting

        for line in forgetting.forget(chosen, conversations):
            logger.warning("erasing a patient: %s", line)

    return create_app(
        Parts(
            database=database,
            users=users,
            sessions=Sessions(database, users),
            clinics=clinics(chosen),
            names=clinic_names(),
            forget=forget,
            secure=chosen.inbox_secure,
        )
    )
