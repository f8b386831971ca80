"""The fixed texts of help, which need neither model nor index nor action server."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

FILE = Path(__file__).with_name("help.yml")

Need = Literal["crisis", "emergency", "broken"]


def help_text(need: Need, channel: str) -> str:
    """The text for a need on a channel ("sms" has its own form, every other the web's)."""
    return _texts()[need]["sms" if channel == "sms" else "web"]


@cache
def _texts() -> dict[str, dict[str, str]]:
    data: Any = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {need: {form: str(text) for form, text in forms.items()} for need, forms in data.items()}
