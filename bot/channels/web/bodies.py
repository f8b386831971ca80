"""The bodies of requests: read within limits, checked field by field; fields that are not known are ignored."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from bot.channels.web.problems import WebError

MAX_BYTES = 4096
MAX_ID = 64

_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class NewMessage:
    """A patient's message: a text, or the id of a button (then `text` is empty). `id` is empty where none was given."""

    text: str
    choice: str
    id: str


def read_object(content_type: str, body: bytes) -> dict[str, Any]:
    """The JSON object of a body. Raises WebError: 413 above 4 kB, 415 for another type, 400 for what is no object."""
    if len(body) > MAX_BYTES:
        raise WebError("too_large")
    if content_type.split(";")[0].strip().lower() != "application/json":
        raise WebError("wrong_type")
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise WebError("bad_json") from error
    if not isinstance(data, dict):
        raise WebError("bad_json", 'Send a JSON object: {"…": "…"}.')
    return data


def read_site_key(data: dict[str, Any]) -> str:
    """The site key of a new session. Raises WebError (422)."""
    key = data.get("site_key")
    if not isinstance(key, str) or not 0 < len(key) <= MAX_ID:
        raise WebError("bad_fields", "'site_key' is missing or no text of 1 to 64 characters.")
    return key


def read_message(data: dict[str, Any]) -> NewMessage:
    """The message of a body. Raises WebError (422)."""
    if ("text" in data) == ("choice" in data):
        raise WebError("bad_fields", "Send either 'text' or 'choice'.")
    text, choice, identifier = data.get("text", ""), data.get("choice", ""), data.get("message_id", "")
    if not isinstance(text, str):
        raise WebError("bad_fields", "'text' is no text.")
    if "choice" in data and (not isinstance(choice, str) or not 0 < len(choice) <= MAX_ID):
        raise WebError("bad_fields", "'choice' is no id of a button.")
    if "message_id" in data and (not isinstance(identifier, str) or not _MESSAGE_ID.fullmatch(identifier)):
        raise WebError("bad_fields", "'message_id' has 1 to 64 of A-Z a-z 0-9 _ -.")
    return NewMessage(plain(text), plain(choice), identifier)


def plain(text: str) -> str:
    """The text without what no store takes: NUL, and halves of characters (JSON can carry them)."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
