"""The switch of a clinic: off, the assistant says only how to reach the clinic, and help in danger.

A file in the run folder, looked at in each turn: no restart, and it outlives one.
"""

from __future__ import annotations

from pathlib import Path

from bot.settings import Settings, settings
from bot.sites import require_clinic

FOLDER = "switched-off"


def is_off(clinic: str) -> bool:
    """Whether the clinic has switched its assistant off."""
    return _file(settings(), clinic).is_file()


def turn(settings: Settings, clinic: str, *, on: bool) -> None:
    """Switch a clinic's assistant on or off, at once. Raises SettingsError for a clinic that is not known."""
    require_clinic(clinic)
    path = _file(settings, clinic)
    if on:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def _file(settings: Settings, clinic: str) -> Path:
    return settings.run_dir / FOLDER / clinic
