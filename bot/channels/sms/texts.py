"""The channel's own sentences (texts.yml)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("texts.yml")


def text(name: str, short: str) -> str:
    """A sentence by its name, for the clinic with that short name. Raises KeyError for an unknown name."""
    return texts()[name].format(short=short)


@cache
def texts() -> dict[str, str]:
    """All of them, by name."""
    data: Any = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {str(name): str(words) for name, words in data.items()}
