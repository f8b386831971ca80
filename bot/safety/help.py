"""The fixed texts of help, which need neither model nor index nor action server."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("help.yml")
RESOURCES = Path(__file__).with_name("resources.yml")
DEFAULT_COUNTRY = "US"


def help_text(need: str, channel: str, *, language: str = "en", country: str = DEFAULT_COUNTRY) -> str:
    """The text for a `Need` on a channel ("sms" has its own form, every other the web's).

    `language` is "en" or "es". Raises KeyError with the known names for a need or a country that is none.
    """
    texts, numbers = _read(FILE), resources(country)
    if need not in texts:
        raise KeyError(f"no help text '{need}'; known: {', '.join(texts)}")
    text = texts[need][language]["sms" if channel == "sms" else "web"]
    return str(text).format(**numbers)


def resources(country: str = DEFAULT_COUNTRY) -> dict[str, str]:
    """The numbers of help of a country. Raises KeyError with the known ones."""
    known = _read(RESOURCES)
    if country not in known:
        raise KeyError(f"no numbers for the country '{country}' in {RESOURCES.name}; known: {', '.join(known)}")
    return {name: str(value) for name, value in known[country].items()}


@cache
def _read(path: Path) -> dict[str, Any]:
    data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    return dict(data)
