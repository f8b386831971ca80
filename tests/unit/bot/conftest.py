"""For the tests of the bot: settings that no other test has read before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import settings
from bot.sites import clinic_names, sites


@pytest.fixture(autouse=True)
def fresh_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Settings are read anew, from no variable but the test's; run files go to the test's folder."""
    for name in settings().__fields__:
        monkeypatch.delenv(f"FAQBOT_{name.upper()}", raising=False)
    monkeypatch.setenv("FAQBOT_RUN_DIR", str(tmp_path / "run"))
    settings.cache_clear()
    clinic_names.cache_clear()
    sites.cache_clear()
    yield
    settings.cache_clear()
    clinic_names.cache_clear()
    sites.cache_clear()


@pytest.fixture
def small_faq(faq: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings name the small FAQ with the clinics `north` and `south`."""
    monkeypatch.setenv("FAQBOT_KNOWLEDGE_DIR", str(faq))
    return faq
