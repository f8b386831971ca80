"""The SMS channel in a server of its own, without Rasa: an engine that repeats what it reads and keeps a list of it.

Started by tests/integration/test_sms_ledger.py as a process that can be killed.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import sys

from sanic import Sanic

from bot.channels.sms.channel import wire
from bot.channels.sms.config import sms_config
from bot.channels.sms.turns import Said
from bot.settings import settings


def main(port: int, engine_log: str) -> None:
    """Serve until killed."""
    config = sms_config(settings())
    assert config is not None
    turns = sqlite3.connect(engine_log, isolation_level=None, timeout=10)
    turns.execute("PRAGMA journal_mode=WAL")
    turns.execute("CREATE TABLE IF NOT EXISTS turns (text TEXT, pid INTEGER)")

    async def engine(text: str, conversation: str, clinic: str) -> Said:
        await asyncio.sleep(random.uniform(0, float(os.environ.get("TURN_SECONDS", "0.1"))))
        turns.execute("INSERT INTO turns VALUES (?, ?)", (text, os.getpid()))
        return Said("answer", [{"text": f"you said {text}"}])

    def fallback(text: str) -> Said:
        return Said("error", [{"text": "broken"}])

    async def forget(conversation: str) -> None:
        """Nothing to forget."""

    app = Sanic("sms-test", configure_logging=False)
    app.blueprint(wire(config, engine, fallback, forget=forget).blueprint())
    app.run("127.0.0.1", port, access_log=False, debug=False)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
