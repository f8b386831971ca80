"""What every response of the inbox tells the browser: nothing foreign, no frames, no copies."""

from __future__ import annotations

from flask import Flask, Response, request

from bot.consult.inbox.parts import parts

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
YEAR = 365 * 24 * 3600


def set_up(app: Flask) -> None:
    """Add the headers to all that the app sends."""
    app.after_request(_headers)


def _headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    if parts().secure:
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
    return response
