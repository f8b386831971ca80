"""A small stand-in for the web channel, with its shapes, in a thread: pages and widget on one port, API on another.

A turn takes no time and every state can be brought about, so that most tests of the widget need no assistant.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from bot.channels.web.pages import asset

Json = dict[str, Any]
STRICT = "default-src 'none'; script-src {api}; style-src 'self'; connect-src {api}; require-trusted-types-for 'script'"
GREETING = "Hello! I am the automatic assistant of North Clinic. What would you like to know?"


def message(
    text: str, *, buttons: tuple[str, ...] = (), sources: tuple[tuple[str, str], ...] = (), **more: Any
) -> Json:
    """A message of the channel; a button's id is made from its title."""
    return {
        "text": text,
        "buttons": [{"title": title, "id": f"id-{title}"} for title in buttons],
        "sources": [{"clinic": "north", "entry": "e", "title": title, "reviewed": date} for title, date in sources],
        **more,
    }


def reply(*messages: Json, kind: str = "answer") -> Json:
    """A reply of the channel."""
    return {"kind": kind, "messages": list(messages)}


@dataclass
class Fake:
    """What the stand-in answers (`answer`), what it was told (`turns`, `requests`), and its faults."""

    pages: str = ""
    api: str = ""
    answer: Callable[[str], Json] = lambda text: reply(message(f"You said {text}"))
    theme: Json = field(default_factory=dict)
    turns: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    sessions: dict[str, list[Json]] = field(default_factory=dict)
    delay: float = 0.0
    lose_replies: int = 0  # so many turns are made, but the connection breaks before the reply
    statuses: list[int] = field(default_factory=list)  # of the next messages, instead of a turn
    down: bool = False
    html: str = ""
    policy: str | None = None
    _replies: dict[str, Json] = field(default_factory=dict)

    @property
    def clinic(self) -> Json:
        """Name and settings of the clinic."""
        colours = {"primary": "#0b5c6b", "on_primary": "#ffffff"}
        return {
            "name": "North Clinic",
            "theme": {"colours": colours, "languages": ["en", "es"], "hours": "", "contact": "", **self.theme},
        }

    def expire(self) -> None:
        """All tokens stop to be good."""
        self.sessions.clear()

    def start(self) -> Json:
        """A new session."""
        token = f"token-{len(self.requests)}-{time.monotonic_ns()}"
        self.sessions[token] = [{**message(GREETING), "from": "assistant"}]
        return {
            "token": token,
            "expires_at": int(time.time()) + 1800,
            "clinic": self.clinic,
            "messages": [message(GREETING)],
        }

    def turn(self, token: str, body: Json) -> Json:
        """One turn, or the earlier reply to the same message_id."""
        known = self._replies.get(body["message_id"])
        if known:
            return known
        text = body.get("text") or body["choice"].removeprefix("id-")
        self.turns.append(text)
        time.sleep(self.delay)
        made = self.answer(text)
        self._replies[body["message_id"]] = made
        said = self.sessions[token]
        for earlier in said:
            earlier["buttons"] = []
        said.append({**message(text), "from": "patient", "message_id": body["message_id"]})
        said += [{**m, "from": "assistant", "kind": made["kind"]} for m in made["messages"]]
        return made


def clinic_page(fake: Fake, *, attributes: str = 'data-site-key="demo-north"', html: str = 'lang="en"') -> str:
    """A clinic's page with the widget."""
    return (
        f'<!doctype html><html {html}><head><meta charset="utf-8"><title>North Clinic</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<script src="{fake.api}/widget.js" {attributes} defer></script></head>'
        '<body><main><h1>North Clinic</h1><p>Welcome. <a href="#more">Read more</a></p></main></body></html>'
    )


class _Handler(BaseHTTPRequestHandler):
    fake: Fake
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def _send(self, status: int, content: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        origin = self.headers.get("Origin")
        cors = {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": "Retry-After"} if origin else {}
        if self.command == "OPTIONS":
            cors["Access-Control-Allow-Headers"] = "authorization, content-type"
            cors["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
        for name, value in {**cors, **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _json(self, status: int, data: Json, **headers: str) -> None:
        self._send(status, json.dumps(data).encode(), **headers)

    def _problem(self, status: int) -> None:
        self._json(status, {"error": {"code": "fake", "message": "fake"}}, Retry_After="7")

    def do_OPTIONS(self) -> None:
        self._send(200, b"")

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/site":
            policy = {"Content_Security_Policy": self.fake.policy} if self.fake.policy else {}
            return self._send(
                200, (self.fake.html or clinic_page(self.fake)).encode(), "text/html; charset=utf-8", **policy
            )
        found = asset(path, clinic="", clinics={"north": "North Clinic"})
        if found:
            return self._send(200, found.content, found.content_type, Access_Control_Allow_Origin="*")
        return self._api(path)

    def do_POST(self) -> None:
        self._api(urlsplit(self.path).path)

    def do_DELETE(self) -> None:
        self._api(urlsplit(self.path).path)

    def _api(self, path: str) -> None:
        fake = self.fake
        size = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(size)) if size else {}
        fake.requests.append(f"{self.command} {path}")
        if fake.down:
            self.close_connection = True
            return None
        if path == "/webhooks/web/sessions":
            return self._json(201, fake.start())
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        if token not in fake.sessions:
            return self._problem(401)
        if path == "/webhooks/web/history":
            return self._json(200, {"clinic": fake.clinic, "messages": fake.sessions[token]})
        if path == "/webhooks/web/session":
            del fake.sessions[token]
            self.send_response(204)
            self.send_header("Access-Control-Allow-Origin", self.headers.get("Origin") or "*")
            self.end_headers()
            return None
        return self._message(token, body)

    def _message(self, token: str, body: Json) -> None:
        fake = self.fake
        if fake.statuses:
            return self._problem(fake.statuses.pop(0))
        made = fake.turn(token, body)
        if fake.lose_replies:
            fake.lose_replies -= 1
            self.close_connection = True
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{")  # nothing at all: Chromium asks again
            return None
        return self._json(200, made)


@contextmanager
def serving() -> Iterator[Fake]:
    """The stand-in on two ports of its own, so that page and API are of different origins."""
    fake = Fake()
    handler = type("Handler", (_Handler,), {"fake": fake})
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), handler) for _ in range(2)]
    for server in servers:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    fake.pages, fake.api = (f"http://127.0.0.1:{server.server_address[1]}" for server in servers)
    try:
        yield fake
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
