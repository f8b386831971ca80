"""Whether a patient would be answered: each part asked, at most once a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import httpx

PARTS = ("model", "index", "action_server", "database")
FRESH = 1.0  # seconds for which an answer is kept
PATIENCE = 2.0  # seconds for the action server


class Readiness:
    """Asks the parts: the model through `model_ready`, the rest of the action server's /status at `status_url`."""

    def __init__(self, model_ready: Callable[[], bool], status_url: str) -> None:
        self._model_ready = model_ready
        self._url = status_url
        self._known: dict[str, str] = {}
        self._asked = float("-inf")
        self._asking = asyncio.Lock()

    async def checks(self) -> dict[str, str]:
        """Each part: "ok", "failed", or "unknown" where the action server cannot say."""
        async with self._asking:
            if time.monotonic() - self._asked >= FRESH:
                self._known = {"model": "ok" if self._model_ready() else "failed", **await self._status()}
                self._asked = time.monotonic()
            return self._known

    async def _status(self) -> dict[str, str]:
        silent = {"index": "unknown", "action_server": "failed", "database": "unknown"}
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
                reply = await client.get(self._url)
            told: Any = reply.json()
        except (httpx.HTTPError, ValueError):
            return silent
        if not isinstance(told, dict):
            return silent
        parts = {name: "ok" if told.get(name) == "ok" else "failed" for name in ("index", "database")}
        return {**parts, "action_server": "ok"}


def ready(checks: dict[str, str]) -> bool:
    """Whether every part works."""
    return all(checks.get(part) == "ok" for part in PARTS)
