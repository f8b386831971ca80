"""Fixtures of the web channel's server without Rasa."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from web_server import ORIGIN, SITE, FakeEngine, serving

from bot.settings import settings
from bot.sites import sites


@pytest.fixture
def engine() -> FakeEngine:
    """The engine of the server."""
    return FakeEngine()


@pytest.fixture
def site_file(small_faq: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sites file with one site of the clinic `north` and one of `south`."""
    file = tmp_path / "sites.yml"
    file.write_text(
        f"sites:\n  {SITE}:\n    clinic: north\n    origins: ['{ORIGIN}']\n"
        "    theme: {contact: 'Call 555-0100.', hours: 'Monday to Friday, 9 to 5'}\n"
        "  south-0123456789:\n    clinic: south\n    origins: ['https://south.example.org']\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("FAQBOT_SITES", str(file))
    settings.cache_clear()
    sites.cache_clear()
    return file


@pytest.fixture
async def web(small_faq: Path, engine: FakeEngine) -> AsyncIterator[httpx.AsyncClient]:
    """The demo: no sites file, so demo keys."""
    async with serving(engine) as client:
        yield client


@pytest.fixture
async def live(site_file: Path, engine: FakeEngine) -> AsyncIterator[httpx.AsyncClient]:
    """With the sites file, as in production."""
    async with serving(engine) as client:
        yield client
