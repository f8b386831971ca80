"""The web channel and the plain page that shows it; a later step makes it fit for the open internet.

POST /webhooks/web/sessions   {"site_key"}           -> a signed token that binds conversation and clinic
POST /webhooks/web/messages   Bearer token, {"text"} -> {"messages": [...]}
"""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from typing import Any

import jwt
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, file, json

from bot.channels.turn import OnNewMessage, run_turn
from bot.channels.upstream import mend_rasa
from bot.sites import clinic_names, clinic_of_site_key

mend_rasa()

PAGE = Path(__file__).parent / "page"
LIFETIME = 3600  # seconds of a session's token
MAX_BODY = 4096
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class WebInput(InputChannel):
    """Patients on a website. The server makes the conversation id and signs it together with the clinic."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)

    @classmethod
    def name(cls) -> str:
        """Name of the channel."""
        return "web"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WebInput:
        """Make the channel."""
        return cls()

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The channel's routes, and the page at `/`."""
        blueprint = Blueprint("web", url_prefix="/webhooks/web")

        @blueprint.post("/sessions")
        async def sessions(request: Request) -> HTTPResponse:
            body = _body(request)
            clinic = clinic_of_site_key(str(body.get("site_key", ""))) if body else None
            if clinic is None:
                return _error(400, "bad_site_key", "Name the site key of a clinic.")
            expires = int(time.time()) + LIFETIME
            claims = {"sub": secrets.token_urlsafe(16), "clinic": clinic, "exp": expires}
            token = jwt.encode(claims, self._secret, algorithm="HS256")
            name = clinic_names()[clinic]
            return json({"token": token, "expires_at": expires, "clinic": {"name": name}, "messages": []}, status=201)

        @blueprint.post("/messages")
        async def messages(request: Request) -> HTTPResponse:
            try:
                claims = jwt.decode(request.token or "", self._secret, algorithms=["HS256"])
            except jwt.PyJWTError:
                return _error(401, "bad_token", "The session is unknown or has ended. Start a new one.")
            body = _body(request)
            if body is None or not isinstance(body.get("text"), str):
                return _error(400, "bad_message", 'Send {"text": "..."} as JSON, at most 4 kB.')
            reply = await run_turn(
                on_new_message,
                text=body["text"],
                conversation=claims["sub"],
                channel="web",
                clinic=claims["clinic"],
            )
            return json({"messages": reply.messages, "kind": reply.kind})

        @blueprint.listener("before_server_start")
        async def serve_page(app: Sanic, _: Any) -> None:
            app.register_middleware(_page, "request")

        return blueprint


async def _page(request: Request) -> HTTPResponse | None:
    """The demo page in place of Rasa's greeting at `/`; other paths go on to their routes."""
    files = {"/": "index.html", "/page.js": "page.js", "/page.css": "page.css", "/clinics.json": ""}
    if request.method != "GET" or request.path not in files:
        return None
    if request.path == "/clinics.json":
        return json([{"id": i, "name": n} for i, n in clinic_names().items()], headers=HEADERS)
    return await file(PAGE / files[request.path], headers=HEADERS)


def _body(request: Request) -> dict[str, Any] | None:
    """The JSON object of a request, or None where it is none, too large, or of another content type."""
    if len(request.body) > MAX_BODY or request.content_type.split(";")[0] != "application/json":
        return None
    body = request.load_json() if request.body else None
    return body if isinstance(body, dict) else None


def _error(status: int, code: str, message: str) -> HTTPResponse:
    return json({"error": {"code": code, "message": message}}, status=status)
