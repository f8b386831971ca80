"""Headers of every answer: what a browser may do with it, and which origins may read it."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping

SECURITY = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
HSTS = "max-age=31536000"
CORS_PREFIX = "access-control-"
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
}


def secure(headers: MutableMapping[str, str], *, https: bool) -> None:
    """Add the security headers that the answer has not set itself; HSTS where the patient came by https."""
    for name, value in SECURITY.items():
        headers.setdefault(name, value)
    if https:
        headers.setdefault("Strict-Transport-Security", HSTS)


def share(headers: MutableMapping[str, str], origin: str, more: Mapping[str, str] | None = None) -> None:
    """Let pages of this origin read the answer; no origin, no page but our own. Any other CORS header goes."""
    for name in [n for n in headers if n.lower().startswith(CORS_PREFIX)]:
        del headers[name]
    headers["Vary"] = "Origin"
    if origin:
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = "Retry-After"
        headers.update(more or {})
