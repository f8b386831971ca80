"""A message that is told of ahead of its turn: encoded at once, and searched while Rasa works on it.

Rasa needs some milliseconds from a message to the action that answers it; here they are not lost. `bot.early` tells,
and gets the vector, so that no other process encodes the same text; the questions in the message are encoded in the
same pass, as the action waits for them all. What is found waits in the search's own memory
(`knowledge.search`); a turn that asks for something else costs what it always did.
"""

from __future__ import annotations

import asyncio
from typing import Any

from actions.services import encoder, knowledge_service
from knowledge.errors import UnknownClinicError
from knowledge.recent import pack
from knowledge.text import prepare


def told(said: Any) -> tuple[int, dict[str, str]]:
    """The vector of its `text`, as `knowledge.recent.pack` makes it, with status 200; with a `clinic` its search is the
    event loop's next step, so that the answer is on its way by then. Status 400 with an `error` for what is no such
    object.
    """
    text, clinic = (said.get(name) for name in ("text", "clinic")) if isinstance(said, dict) else (None, None)
    if not isinstance(text, str) or not isinstance(clinic, str):
        return 400, {"error": "send a JSON object with the texts 'text' and 'clinic'"}
    ahead = knowledge_service().search().texts(text.strip()) if clinic else ()
    vector = encoder().encode([prepare(text), *ahead])[0]
    if clinic:
        asyncio.get_running_loop().call_soon(search_ahead, text.strip(), clinic)
    return 200, pack(vector, encoder().fingerprint)


def search_ahead(text: str, clinic: str) -> None:
    """Search for a message whose turn will come."""
    try:
        knowledge_service().search().understand(text, clinic)
    except UnknownClinicError:
        return  # its turn says so
