"""The switch of a clinic: at once, for one clinic alone, and only for one that is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import switch
from bot.errors import SettingsError
from bot.settings import Settings, settings


@pytest.fixture
def run_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    changed = settings().copy(update={"run_dir": tmp_path})
    monkeypatch.setattr(switch, "settings", lambda: changed)
    return changed


def test_off_and_on_again_for_one_clinic_alone(run_dir: Settings) -> None:
    switch.turn(run_dir, "pain-team", on=False)
    switch.turn(run_dir, "pain-team", on=False)
    assert switch.is_off("pain-team")
    assert not switch.is_off("monarch-pain")
    switch.turn(run_dir, "pain-team", on=True)
    switch.turn(run_dir, "pain-team", on=True)
    assert not switch.is_off("pain-team")


def test_an_unknown_clinic_is_refused(run_dir: Settings) -> None:
    with pytest.raises(SettingsError, match="unknown clinic 'nowhere'; known: "):
        switch.turn(run_dir, "nowhere", on=False)
