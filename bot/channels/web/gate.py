"""The gate of the public port: only the paths listed here go through, whatever Rasa registers besides."""

from __future__ import annotations

import logging

from sanic import Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, empty, json, raw

from bot.channels.web.client import Client, Network, client_of
from bot.channels.web.headers import PREFLIGHT, secure, share
from bot.channels.web.health import Readiness, ready
from bot.channels.web.pages import DEMO, PATHS, WIDGET, asset
from bot.channels.web.problems import SENTENCES, WebError
from bot.sites import clinic_names, sites

logger = logging.getLogger(__name__)

WEB = "/webhooks/web/"
MAX_REQUEST = 64 * 1024  # bytes of any request's body: the web channel's own limit is lower
OPEN: dict[str, frozenset[str]] = {
    "/live": frozenset({"GET"}),
    "/ready": frozenset({"GET"}),
    "/clinics.json": frozenset({"GET"}),
    f"{WEB}sessions": frozenset({"POST"}),
    f"{WEB}messages": frozenset({"POST"}),
    f"{WEB}history": frozenset({"GET"}),
    f"{WEB}session": frozenset({"DELETE"}),
    "/webhooks/operator/turn": frozenset({"POST"}),
    **{path: frozenset({"GET"}) for path in PATHS},
}
OTHER_CHANNELS = ("/webhooks/sms/",)  # they guard their paths themselves
_BY_STATUS = {status: code for code, (status, _) in SENTENCES.items() if code not in {"no_token"}}


class Gate:
    """Answers what needs no conversation, refuses what is not open, and puts the headers on every answer."""

    def __init__(self, trusted: tuple[Network, ...], readiness: Readiness) -> None:
        self._trusted = trusted
        self._readiness = readiness

    def close(self, app: Sanic) -> None:
        """Stand before and behind all else that the app has: Rasa's own middleware comes to nothing."""
        app.request_middleware.appendleft(self.enter)
        app.response_middleware.append(self.leave)
        app.config.REQUEST_MAX_SIZE = MAX_REQUEST
        app.exception(Exception)(failed)

    async def enter(self, request: Request) -> HTTPResponse | None:
        """None where the request goes on to its route."""
        # a header on several lines is one list: a client's own line must not hide the proxy's
        headers = {name.lower(): ", ".join(request.headers.getall(name)) for name in request.headers}
        request.ctx.client = client_of(request.ip or "", headers, self._trusted)
        path, method = request.path, request.method
        if path.startswith(OTHER_CHANNELS):
            return None
        if path not in OPEN:
            return problem(WebError("not_found"))
        if path.startswith(WEB):
            _share_with_any_site(request)
            if method == "OPTIONS":
                return self._preflight(request)
        if method not in OPEN[path]:
            return problem(WebError("wrong_method", headers={"Allow": ", ".join(sorted(OPEN[path]))}))
        return await self._own(request, path)

    async def leave(self, request: Request, response: HTTPResponse) -> None:
        """The headers of every answer."""
        client: Client | None = getattr(request.ctx, "client", None)
        secure(response.headers, https=bool(client and client.secure))
        share(response.headers, getattr(request.ctx, "shared_with", ""), getattr(request.ctx, "preflight", None))

    def _preflight(self, request: Request) -> HTTPResponse:
        if not request.ctx.shared_with:
            return problem(WebError("foreign_origin"))
        request.ctx.preflight = PREFLIGHT
        return empty(204)

    async def _own(self, request: Request, path: str) -> HTTPResponse | None:
        if path == "/live":
            return json({"live": True})
        if path == "/ready":
            checks = await self._readiness.checks()
            return json({"ready": ready(checks), "checks": checks}, status=200 if ready(checks) else 503)
        if path == "/clinics.json":
            return json([{"id": i, "name": n} for i, n in clinic_names().items()])
        if path in DEMO and not (request.ctx.client.here and any(site.demo for site in sites().values())):
            return problem(WebError("not_found", "The demo page is shown on this machine alone, without a sites file."))
        return self._static(request, path)

    def _static(self, request: Request, path: str) -> HTTPResponse | None:
        found = asset(path, clinic=request.args.get("clinic", ""), clinics=clinic_names())
        if found is None:
            return None
        if path in WIDGET:
            request.ctx.shared_with = "*"
        if request.headers.get("if-none-match") == found.headers.get("ETag", ""):
            return empty(304, headers=found.headers)
        return raw(found.content, content_type=found.content_type, headers=found.headers)


def _share_with_any_site(request: Request) -> None:
    """Until the site is known, pages of every site may read the answer, or none could read why a token is refused."""
    origin = request.headers.get("origin", "")
    listed = bool(origin) and any(site.allows(origin) for site in sites().values())
    request.ctx.shared_with = origin if listed else ""


def problem(error: WebError) -> HTTPResponse:
    """A WebError as an answer."""
    return json(error.body(), status=error.status, headers=error.headers)


def failed(request: Request, error: Exception) -> HTTPResponse:
    """Any error as JSON. What it was stands in the log, and no message of a patient with it."""
    if isinstance(error, WebError):
        return problem(error)
    status = error.status_code if isinstance(error, SanicException) else 500
    code = _BY_STATUS.get(status, "internal" if status >= 500 else "bad_json")
    if status >= 500:
        logger.error("%s: %s", request.path if request else "request", type(error).__name__, exc_info=error)
    return json(WebError(code).body(), status=status)
