"""The action server, with the index loaded before it listens: `python -m bot.action_server`.

Plain `rasa run actions` works too; it loads the index at the first question.
"""

from __future__ import annotations

import os
import sys

from actions.services import consult_store, knowledge_service
from bot.errors import FaqbotError
from bot.settings import settings


def main() -> int:
    """Load, then serve until stopped; 1 where the index cannot be used."""
    from rasa_sdk.endpoint import run

    os.environ.setdefault("SANIC_HOST", "127.0.0.1")
    try:
        knowledge_service()
        consult_store()
    except FaqbotError as error:
        sys.stderr.write(f"action server: {error}\n")
        return 1
    run("actions", port=settings().action_port)
    return 0


if __name__ == "__main__":
    sys.exit(main())
