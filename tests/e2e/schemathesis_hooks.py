"""Loaded by schemathesis: a session of its own for each case, since one of the operations ends sessions."""

from __future__ import annotations

from typing import Any

import httpx
import schemathesis


@schemathesis.auth(refresh_interval=None)
class SessionToken:
    """Starts a web session of the demo."""

    def get(self, case: Any, context: Any) -> str:
        """A new token."""
        base = str(case.operation.base_url).rstrip("/")
        reply = httpx.post(f"{base}/webhooks/web/sessions", json={"site_key": "demo-pain-team"}, trust_env=False)
        return str(reply.json()["token"])

    def set(self, case: Any, data: str, context: Any) -> None:
        """Put it into the case."""
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"
