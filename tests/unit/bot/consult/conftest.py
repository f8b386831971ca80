"""The fixtures of consult requests."""

from __future__ import annotations

from tests.consult.fixtures import database_url, keys, postgres_url, sqlite_url, store

__all__ = ["database_url", "keys", "postgres_url", "sqlite_url", "store"]
