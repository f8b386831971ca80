"""A server of the web channel on loopback, without Rasa: the routes, the gate and an engine that tests steer."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from sanic import Sanic

from bot.channels.web.wiring import web_blueprint
from bot.safety.help import help_text
from bot.safety.screen import screen
from bot.settings import settings

Sanic.test_mode = True  # or a second server in one process cannot be started

SITE = "north-0123456789"
ORIGIN = "https://www.north.example.org"


@dataclass
class Said:
    """A reply as Rasa's would be."""

    kind: str
    messages: list[dict[str, Any]]


def said(text: str, *buttons: str, kind: str = "answer") -> Said:
    """A reply of one message."""
    return Said(kind, [{"text": text, "buttons": [{"title": b} for b in buttons], "sources": []}])


@dataclass
class FakeEngine:
    """Says back what it was told, with the clinic and the number of the turn; "slow N" takes N seconds first."""

    turns: list[tuple[str, str, str]] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    is_ready: bool = True

    def started(self, app: Any) -> None:
        """Nothing to do."""

    def ready(self) -> bool:
        """As the test says."""
        return self.is_ready

    async def reply(self, *, text: str, conversation: str, clinic: str) -> Said:
        """One turn."""
        if text == "break":
            raise RuntimeError(text)
        if text.startswith("slow"):
            await asyncio.sleep(float(text.split()[1]))
        self.turns.append((conversation, clinic, text))
        buttons = ["One", "Two"] if text == "offer" else []
        return said(f"{clinic} {len(self.turns)}: {text}", *buttons)

    def without(self, text: str) -> Said:
        """The fixed help."""
        danger = screen(text).danger
        return said(
            help_text("broken" if danger == "none" else danger, "web"), kind="error" if danger == "none" else danger
        )

    async def erase(self, conversation: str) -> None:
        """Keep which."""
        self.erased.append(conversation)


@asynccontextmanager
async def serving(engine: FakeEngine) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server with this engine, as Rasa would run it."""
    app = Sanic(f"web-{id(engine)}", configure_logging=False)

    @app.get("/")
    async def hello(request: Any) -> Any:  # as Rasa greets at its root
        raise AssertionError("the gate lets nobody through to Rasa's own routes")

    app.add_route(hello, "/version", name="version")
    app.add_route(hello, "/conversations/x/tracker", name="tracker")
    app.blueprint(web_blueprint(engine, settings()), url_prefix="/webhooks/web")
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        server = await app.create_server(sock=sock, return_asyncio_server=True, access_log=False)
        await server.startup()
        await server.before_start()
        try:
            url = f"http://127.0.0.1:{sock.getsockname()[1]}"
            async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=10) as client:
                yield client
        finally:
            server.close()
            await server.after_stop()
            Sanic._app_registry.pop(app.name, None)


async def begin(client: httpx.AsyncClient, key: str = "demo-north", **headers: str) -> dict[str, str]:
    """Headers of a new session."""
    reply = await client.post("/webhooks/web/sessions", json={"site_key": key}, headers=headers)
    assert reply.status_code == 201, reply.text
    return {"Authorization": f"Bearer {reply.json()['token']}", **headers}


async def say(client: httpx.AsyncClient, headers: dict[str, str], text: str, **more: Any) -> httpx.Response:
    """Send one text."""
    return await client.post("/webhooks/web/messages", json={"text": text, **more}, headers=headers)
