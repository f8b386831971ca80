"""One process of the assistant by itself."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bot import container
from bot.container import ENDPOINTS, SHARED, command
from bot.errors import ServingError
from bot.settings import settings


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """All that containers must share is set; there is one trained model."""
    for name in SHARED:
        monkeypatch.setenv(f"FAQBOT_{name.upper()}", "x" * 40)
    monkeypatch.setenv("FAQBOT_MODELS_DIR", str(tmp_path))
    monkeypatch.setenv("FAQBOT_HOST", "0.0.0.0")
    (tmp_path / "m.tar.gz").touch()
    settings.cache_clear()
    return tmp_path


def test_rasa_serves_the_model_with_the_endpoints_of_the_environment(shared: Path) -> None:
    words = command("rasa", settings())
    assert words[:4] == [sys.executable, "-m", "bot.rasa_server", "run"]
    assert dict(zip(words[4::2], words[5::2], strict=True)) == {
        "-i": "0.0.0.0", "-p": "5005", "--model": str(shared / "m.tar.gz"), "--endpoints": str(ENDPOINTS),
        "--credentials": str(ENDPOINTS.parent.parent / "credentials.yml"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("process", "end"),
    [("actions", ["bot.action_server"]), ("worker", ["bot.cli", "consult", "work"]), ("inbox", ["bot.cli", "inbox"])],
)
def test_the_other_processes_are_modules(shared: Path, process: str, end: list[str]) -> None:
    assert command(process, settings()) == [sys.executable, "-m", *end]


def test_what_must_be_shared_and_is_not_set_is_named() -> None:
    with pytest.raises(ServingError, match=r"^FAQBOT_WEB_SECRET, FAQBOT_DATABASE_URL, .* not set.*docs/deployment\.md"):
        command("rasa", settings())


def test_an_unknown_process_is_an_error_with_the_known_ones(
    shared: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["container", "raza"])
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.chdir(shared)
    assert container.main() == 1
    assert "unknown process 'raza'; use one of: rasa, actions" in capsys.readouterr().err
