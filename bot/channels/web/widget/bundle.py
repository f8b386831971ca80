"""One script out of the widget's source files: no build tool, nothing to install."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parent
SCRIPTS = ("strings.js", "text.js", "client.js", "panel.js", "element.js", "start.js")  # each may use those before it
STYLE = "style.css"


@dataclass(frozen=True)
class Bundle:
    """The script's bytes (UTF-8) and the first 16 hex digits of their SHA-256."""

    content: bytes
    digest: str

    @property
    def name(self) -> str:
        """File name that changes with the content, so that it can be cached for good."""
        return f"widget.{self.digest}.js"


@cache
def bundle() -> Bundle:
    """The widget as served by this process. Comment lines and indents are left out; nothing else changes.

    >>> bundle().name.startswith("widget.")
    True
    """
    style = "".join(line.strip() for line in _read(STYLE).splitlines())
    parts = [f"const STYLE = {json.dumps(style)};", *(_lean(_read(name)) for name in SCRIPTS)]
    content = ('(() => {\n"use strict";\n' + "\n".join(parts) + "\n})();\n").encode()
    return Bundle(content=content, digest=hashlib.sha256(content).hexdigest()[:16])


def _read(name: str) -> str:
    return (SOURCE / name).read_text(encoding="utf-8")


def _lean(code: str) -> str:
    lines = (line.strip() for line in code.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("//", "/**")))
