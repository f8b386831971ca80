"""The switch of a clinic: off, the assistant says only how to reach the clinic, and help in danger.

Looked at in each turn: no restart, and it outlives one. It is a file in the run folder, and where FAQBOT_DATABASE_URL
names a database also a row there: what containers share, whose run folders are each their own and end with them.
"""

from __future__ import annotations

from pathlib import Path

from bot.settings import Settings, settings
from bot.shared_switch import keep, shared
from bot.sites import require_clinic

FOLDER = "switched-off"


def is_off(clinic: str) -> bool:
    """Whether the clinic has switched its assistant off, on this machine or for all servers."""
    chosen = settings()
    return _file(chosen, clinic).is_file() or bool(chosen.database_url and shared(chosen.database_url).is_off(clinic))


def begin(chosen: Settings) -> None:
    """Begin to look at the shared database, where there is one: the first message of a server waits for no look."""
    if chosen.database_url:
        shared(chosen.database_url)


def turn(settings: Settings, clinic: str, *, on: bool) -> None:
    """Switch a clinic's assistant on or off: here at once, on other machines and containers within a second or two.

    Raises SettingsError for a clinic that is not known, SwitchError where the shared database fails.
    """
    require_clinic(clinic)
    path = _file(settings, clinic)
    if settings.database_url:
        keep(settings.database_url, clinic, on=on)
    if on:
        path.unlink(missing_ok=True)
    elif not settings.database_url:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def _file(settings: Settings, clinic: str) -> Path:
    return settings.run_dir / FOLDER / clinic
