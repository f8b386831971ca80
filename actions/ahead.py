"""A message that is told of ahead of its turn: encoded at once, and searched while Rasa works on it.

Rasa needs some milliseconds from a message to the action that answers it; here they are not lost. `bot.early` tells,
and gets the vector, so that no other process encodes the same text. What is found waits in the search's own memory
(`knowledge.search`); a turn that asks for something else costs what it always did.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from actions.services import encoder, knowledge_service
from bot.settings import AHEAD
from knowledge.errors import UnknownClinicError
from knowledge.recent import pack
from knowledge.text import prepare

SOON = 0.0005  # seconds: the reply with the vector goes first


def add_to(app: Any) -> None:
    """Add the route to rasa_sdk's server."""
    app.add_route(told, AHEAD, methods=["POST"])


async def told(request: Any) -> Any:
    """The vector of `text`, as `knowledge.recent.pack` makes it; with a `clinic` its search begins then."""
    from sanic.response import json as reply

    try:
        asked = json.loads(request.body)
        text, clinic = asked["text"], asked["clinic"]
    except (ValueError, TypeError, KeyError):
        return reply({"error": "send a JSON object with the texts 'text' and 'clinic'"}, status=400)
    if not isinstance(text, str) or not isinstance(clinic, str):
        return reply({"error": "'text' and 'clinic' are texts"}, status=400)
    vector = encoder().encode([prepare(text)])[0]
    if clinic:
        asyncio.get_running_loop().call_later(SOON, search_ahead, text, clinic)
    return reply(pack(vector, encoder().fingerprint))


def search_ahead(text: str, clinic: str) -> None:
    """Search for a message whose turn will come."""
    try:
        knowledge_service().search().understand(text, clinic)
    except UnknownClinicError:
        return  # its turn says so
