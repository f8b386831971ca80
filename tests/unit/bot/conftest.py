"""For the tests of the bot: settings that no other test has read before, and a call of the command."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.settings import settings
from bot.sites import clinic_names, sites

Call = Callable[..., tuple[int, str, str]]


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


@pytest.fixture
def faqbot(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Call the command as a user does: exit code, standard output, standard error; `typed` is piped in."""
    from bot import cli  # late: it loads much that the other tests of the bot do not need

    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["faqbot", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return call
