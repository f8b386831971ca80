"""The settings: defaults, what the environment changes, and errors that name the variable."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import FaqbotError, SettingsError
from bot.settings import ROOT, settings


def test_without_variables_all_is_in_the_checkout_and_on_loopback() -> None:
    chosen = settings()
    assert chosen.knowledge_dir == ROOT / "knowledge"
    assert (ROOT / "pyproject.toml").is_file()
    assert chosen.host == "127.0.0.1"
    assert chosen.operator_token == ""


def test_a_variable_sets_its_field(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FAQBOT_PORT", "6006")
    monkeypatch.setenv("FAQBOT_BUILD_DIR", str(tmp_path))
    chosen = settings()
    assert chosen.port == 6006
    assert (chosen.encoder_dir, chosen.index_dir) == (tmp_path / "encoder", tmp_path / "knowledge")


def test_consult_requests_go_to_sqlite_unless_a_database_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert settings().consult_url == f"sqlite:///{tmp_path / 'run' / 'consult.sqlite3'}"
    monkeypatch.setenv("FAQBOT_DATABASE_URL", "postgresql://db/consult")
    settings.cache_clear()
    assert settings().consult_url == "postgresql://db/consult"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "high"),
        ("PORT", ""),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("ACTION_PORT", "-1"),
        ("PRECISION", "fp16"),
        ("PRECISION", "int8 "),
    ],
)
def test_a_bad_value_is_an_error_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"FAQBOT_{name}", value)
    with pytest.raises(SettingsError, match=rf"^FAQBOT_{name}: .+; see docs/settings\.md$") as caught:
        settings()
    assert isinstance(caught.value, FaqbotError)


def test_all_bad_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_PORT", "x")
    monkeypatch.setenv("FAQBOT_PRECISION", "x")
    with pytest.raises(SettingsError) as caught:
        settings()
    assert "FAQBOT_PORT: " in str(caught.value)
    assert "FAQBOT_PRECISION: " in str(caught.value)
