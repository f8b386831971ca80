"""What the web channel serves besides its API: the widget's script, the API's description, and the demo page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from bot.channels.web.widget.bundle import bundle
from bot.sites import DEMO_PREFIX

PAGE = Path(__file__).parent / "page"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
SHORT = "public, max-age=300"
FOR_GOOD = "public, max-age=31536000, immutable"
# a script may be loaded by any site, also one that isolates itself or pins the script's hash
ANY_SITE = {"Cross-Origin-Resource-Policy": "cross-origin"}
DEMO = frozenset({"/", "/page.css", "/icon.svg"})  # shown only where there are demo keys
WIDGET = frozenset({"/widget.js", f"/{bundle().name}"})
API = "/webhooks/web/openapi.json"
PATHS = frozenset({*DEMO, *WIDGET, API})


@dataclass(frozen=True)
class Asset:
    """A file as served: content type, content, and headers of its own."""

    content_type: str
    content: bytes
    headers: dict[str, str]


def asset(path: str, *, clinic: str, clinics: dict[str, str]) -> Asset | None:
    """What GET answers at a path, or None where nothing static is there.

    `clinics` are the demo's clinics, id to name; `clinic` is the one that the demo page shows. One that is not among
    them gives the first.
    """
    if path == "/":
        return _page(clinic if clinic in clinics else next(iter(clinics), ""), clinics)
    if path in WIDGET:
        caching = SHORT if path == "/widget.js" else FOR_GOOD
        headers = {**ANY_SITE, "Cache-Control": caching, "ETag": f'"{bundle().digest}"'}
        return Asset("text/javascript; charset=utf-8", bundle().content, headers)
    if path in {"/page.css", "/icon.svg"}:
        kind = "text/css; charset=utf-8" if path.endswith("css") else "image/svg+xml"
        return Asset(kind, (PAGE / path[1:]).read_bytes(), {"Cache-Control": SHORT})
    if path == API:
        return Asset("application/json", (PAGE.parent / "openapi.json").read_bytes(), {})
    return None


def _page(clinic: str, clinics: dict[str, str]) -> Asset:
    html = _template().render(clinic=clinic, clinics=clinics, site_key=f"{DEMO_PREFIX}{clinic}")
    return Asset(
        "text/html; charset=utf-8", html.encode(), {"Cache-Control": "no-cache", "Content-Security-Policy": PAGE_POLICY}
    )


@cache
def _template() -> Template:
    files = Environment(loader=FileSystemLoader(PAGE), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return files.get_template("index.html")
