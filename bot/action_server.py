"""The action server, with the index loaded before it listens: `python -m bot.action_server`.

Plain `rasa run actions` works too; it loads the index at the first question.
"""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import sys
from functools import cache
from typing import Any

from pluggy import HookimplMarker
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from actions.line import HttpOrLine
from actions.services import consult_store, encoder, knowledge_service
from bot.errors import FaqbotError
from bot.private_logs import keep_private
from bot.rasa_server import GC_THRESHOLD
from bot.settings import settings
from bot.watch.record import version
from bot.watch.start import start, start_logs

PATIENCE = 1.5  # seconds for the database


class OwnRoutes:
    """Adds to rasa_sdk's server `GET /status`, whether index and consult database can be used."""

    @HookimplMarker("rasa_sdk")  # type: ignore[untyped-decorator]
    def attach_sanic_app_extensions(self, app: Any) -> None:
        """Called by rasa_sdk when it has made its app."""
        app.add_route(status, "/status", methods=["GET"])


async def status(_: Any) -> Any:
    """Each part: "ok" or "failed"."""
    from sanic.response import json

    return json({"index": _index(), "database": await _database()})


def _index() -> str:
    try:
        knowledge_service().search()
    except FaqbotError:
        return "failed"
    return "ok"


async def _database() -> str:
    """The answer of the database, or "failed" where none comes in time."""
    asked = asyncio.get_running_loop().run_in_executor(None, _ping)
    try:
        await asyncio.wait_for(asked, PATIENCE)
    except (asyncio.TimeoutError, SQLAlchemyError):
        return "failed"
    return "ok"


def _ping() -> None:
    with _engine().connect() as connection:
        connection.execute(text("SELECT 1"))


@cache
def _engine() -> Any:
    return create_engine(settings().consult_url, pool_pre_ping=True)


def main() -> int:
    """Load, then serve until stopped; 1 where the index cannot be used."""
    start_logs("actions")  # before what warns when it is imported
    from rasa_sdk.endpoint import create_app
    from rasa_sdk.plugin import plugin_manager

    gc.set_threshold(*GC_THRESHOLD)
    os.environ.setdefault("SANIC_HOST", "127.0.0.1")
    keep_private()
    try:
        start("actions")
        knowledge_service()
        version("encoder", encoder().fingerprint)
        consult_store()
    except FaqbotError as error:
        sys.stderr.write(f"action server: {error}\n")
        return 1
    plugin_manager().register(OwnRoutes())
    app = create_app("actions")
    plugin_manager().hook.attach_sanic_app_extensions(app=app)
    app.run(sock=_listening(os.environ["SANIC_HOST"], settings().action_port), protocol=HttpOrLine)
    return 0


def _listening(host: str, port: int) -> socket.socket:
    """A socket at an address; with FAQBOT_ACTION_SERVERS others may listen there too, and the kernel shares out."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if settings().action_servers > 1:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listening.bind((host, port))
    return listening


if __name__ == "__main__":
    sys.exit(main())
