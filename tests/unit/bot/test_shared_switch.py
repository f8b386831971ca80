"""The switch in the database that servers share: seen by all of them, kept by none of them alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot import shared_switch, switch
from bot.settings import Settings, settings
from bot.shared_switch import SharedSwitch, SwitchError, keep
from tests.consult.fixtures import database_url, postgres_url, sqlite_url

__all__ = ["database_url", "postgres_url", "sqlite_url"]

Watch = Callable[[str], SharedSwitch]
TICK = 0.02


def soon(true: Callable[[], bool]) -> bool:
    """Whether something becomes true within some seconds."""
    end = time.monotonic() + 5
    while not true() and time.monotonic() < end:
        time.sleep(TICK)
    return true()


@pytest.fixture
def watching(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """Make the switch of a server at an address; it reads no more when the test is over."""
    made: list[SharedSwitch] = []

    def watch(url: str) -> SharedSwitch:
        made.append(SharedSwitch(url, seconds=TICK))
        return made[-1]

    monkeypatch.setattr(shared_switch, "_shared", cache(lambda url, process: watch(url)))
    yield watch
    for seen in made:
        seen.close()


def of_container(run_dir: Path, url: str) -> Settings:
    """The settings of a container: its own run folder, the shared database."""
    return settings().copy(update={"run_dir": run_dir, "database_url": url})


def test_off_holds_in_every_container_and_in_a_new_one(
    database_url: str, watching: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (of_container(tmp_path / name, database_url) for name in ("first", "second"))
    switch.turn(first, "pain-team", on=False)
    switch.turn(first, "pain-team", on=False)
    monkeypatch.setattr(switch, "settings", lambda: second)
    assert switch.is_off("pain-team")
    assert not switch.is_off("monarch-pain")
    switch.turn(second, "pain-team", on=True)
    assert soon(lambda: not switch.is_off("pain-team"))


def test_a_running_server_sees_it_turned_and_turned_back(database_url: str, watching: Watch) -> None:
    seen = watching(database_url)
    assert not seen.is_off("pain-team")
    keep(database_url, "pain-team", on=False)
    assert soon(lambda: seen.is_off("pain-team"))
    keep(database_url, "pain-team", on=True)
    assert soon(lambda: not seen.is_off("pain-team"))


def failing(*_: Any) -> Any:
    """A database that is away."""
    raise OperationalError("SELECT", {}, Exception("gone"))


def test_the_last_known_position_holds_while_the_database_is_away(
    sqlite_url: str, watching: Watch, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    keep(sqlite_url, "pain-team", on=False)
    seen = watching(sqlite_url)
    assert seen.is_off("pain-team")
    monkeypatch.setattr(shared_switch, "_read", failing)
    assert soon(lambda: "the switch cannot be read: OperationalError" in caplog.text)
    assert seen.is_off("pain-team") and not seen.is_off("monarch-pain")


def forbidden(*_: Any) -> Any:
    """A database whose folder cannot be made."""
    raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize("fault", [failing, forbidden])
def test_a_server_that_has_never_reached_the_database_answers_for_no_clinic(
    sqlite_url: str, watching: Watch, monkeypatch: pytest.MonkeyPatch, fault: Callable[..., Any]
) -> None:
    with monkeypatch.context() as away:
        away.setattr(shared_switch, "_engine", fault)
        seen = watching(sqlite_url)
        assert seen.is_off("pain-team")
    assert soon(lambda: not seen.is_off("pain-team"))


@pytest.mark.parametrize("path", ["folder", "file/switch.sqlite3"])
def test_a_switch_that_could_not_be_turned_says_so(tmp_path: Path, path: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(SwitchError, match=r"nothing was switched: .* check FAQBOT_DATABASE_URL"):
        keep(f"sqlite:///{tmp_path / path}", "pain-team", on=False)


def test_a_file_from_before_the_database_still_holds_until_it_is_switched_on(
    sqlite_url: str, watching: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = of_container(tmp_path, sqlite_url)
    monkeypatch.setattr(switch, "settings", lambda: here)
    switch.turn(here.copy(update={"database_url": ""}), "pain-team", on=False)
    assert soon(lambda: not switch.is_off("monarch-pain"))
    assert switch.is_off("pain-team")
    switch.turn(here, "pain-team", on=True)
    assert not switch.is_off("pain-team")
