"""A stand-in for the provider's REST API on loopback: for the simulator and for tests. It sends nothing anywhere."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs, parse_qsl, urlsplit
from uuid import uuid4

Refuse = Callable[[dict[str, str]], "tuple[int, int] | None"]  # a message's fields -> HTTP status and error code
Seen = Callable[[dict[str, str]], None]


@dataclass
class LocalProvider:
    """`with LocalProvider() as provider:` serves at `provider.url`; `messages` are those taken, the latest last."""

    seen: Seen | None = None
    refuse: Refuse | None = None
    messages: list[dict[str, str]] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> LocalProvider:
        provider = self

        class Handler(_Handler):
            owner = provider

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    @property
    def url(self) -> str:
        """Where it listens. Only while it serves."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def log(self, *, to: str, from_: str, body: str, via: str) -> dict[str, str]:
        """Note a message as the provider does, also one that it was given as TwiML."""
        now = format_datetime(datetime.now(timezone.utc))
        message = {"sid": f"SM{uuid4().hex}", "to": to, "from": from_, "body": body, "date_created": now, "via": via}
        with self._lock:
            self.messages.append(message)
        return message

    def take(self, fields: dict[str, str]) -> tuple[int, dict[str, object]]:
        """A POST to the API: status and body of its response."""
        refused = self.refuse(fields) if self.refuse else None
        if refused:
            return refused[0], {"status": refused[0], "code": refused[1], "message": "refused"}
        message = self.log(to=fields["To"], from_=fields["From"], body=fields["Body"], via="rest")
        if self.seen:
            self.seen(fields)
        return 201, {**message, "status": "queued"}

    def found(self, to: str, from_: str) -> dict[str, object]:
        """A GET of the API: the messages between two numbers, the latest first."""
        with self._lock:
            some = [m for m in reversed(self.messages) if m["to"] == to and m["from"] == from_]
        return {"messages": some[:50], "next_page_uri": None}


class _Handler(BaseHTTPRequestHandler):
    """The two calls of the API that the channel makes."""

    owner: LocalProvider
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Create a message."""
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode("utf-8")
        self._answer(*self.owner.take(dict(parse_qsl(body, keep_blank_values=True))))

    def do_GET(self) -> None:
        """List messages."""
        query = parse_qs(urlsplit(self.path).query)
        self._answer(200, self.owner.found(query.get("To", [""])[0], query.get("From", [""])[0]))

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: a request's address holds numbers."""

    def _answer(self, status: int, body: dict[str, object]) -> None:
        data = json.dumps(body).encode("utf-8")
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
