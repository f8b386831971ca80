"""JSON between our own processes: fast, and never in the way of a text that no JSON should hold."""

from __future__ import annotations

import json
from typing import Any

import orjson


def packed(value: Any) -> str:
    """`value` as JSON text. What orjson refuses (halves of characters, huge numbers) the standard library writes."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value)


def unpacked(text: str | bytes) -> Any:
    """The value of a JSON text. Raises ValueError for what is none."""
    try:
        return orjson.loads(text)
    except ValueError:
        return json.loads(text)
