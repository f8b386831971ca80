"""Where notifications arrive in tests: a web server that keeps what was posted, and one for mail."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Posted:
    """What has arrived, and the statuses to answer with before all is well."""

    url: str = ""
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


@contextmanager
def webhook() -> Iterator[Posted]:
    """A web server on loopback."""
    posted = Posted()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.bodies.append(self.rfile.read(int(self.headers["content-length"])).decode())
            posted.headers.append({key.lower(): value for key, value in self.headers.items()})
            self.send_response(posted.answers.pop(0) if posted.answers else 204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    posted.url = f"http://127.0.0.1:{server.server_port}/consult"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield posted
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Mailbox:
    """A handler of aiosmtpd that keeps what it gets."""

    def __init__(self) -> None:
        self.mails: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802, aiosmtpd's name
        """Keep a mail."""
        self.mails.append(envelope.content.decode())
        return "250 OK"


@contextmanager
def mail_server(port: int) -> Iterator[list[str]]:
    """A mail server on loopback."""
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mailbox.mails
    finally:
        controller.stop()
