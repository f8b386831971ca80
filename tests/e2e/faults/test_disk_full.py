"""A full disk: what needs no disk goes on, what needs it is refused in plain words, and nothing confirmed is lost."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.settings import settings
from tests.e2e.faults.conftest import Broken, Patient, recovered, small_disk, watched

pytestmark = pytest.mark.e2e

ASKED = "how long before my infusion do I stop eating?"
STEPS = ("can someone call me", "Jane Canaria", "(212) 555-01{:02}", "fridays after 3", "1", "no", "yes")


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broken]:
    """The default setup with its run folder, and so its databases, on a disk of 8 MB."""
    with small_disk(tmp_path_factory.mktemp("disk") / "run", 8) as run:
        with watched(settings().copy(update={"run_dir": run}), {}) as running:
            yield running


def filled(run: Path) -> Path:
    """The file that fills the disk to its last byte."""
    file = run / "filler"
    with file.open("wb", buffering=0) as out:
        for size in (65536, 1):
            try:
                while True:
                    out.write(b"x" * size)
            except OSError:
                continue
    return file


def request(patient: Patient, number: int) -> str:
    """What a patient is told at the end of the form."""
    return [patient.say(step.format(number))["text"] for step in STEPS][-1]


def stored(run: Path) -> set[str]:
    """The ids of the requests in the database."""
    with closing(sqlite3.connect(run / "consult.sqlite3")) as database:
        return {str(row[0]) for row in database.execute("SELECT public_id FROM consult_requests")}


def test_the_disk_is_full(broken: Broken) -> None:
    confirmed = []
    before = request(broken.patient(), 1)
    confirmed += re.findall(r"request number is (\w+)", before)
    assert len(confirmed) == 1
    filler = filled(broken.run)
    assert "6 hours" in broken.patient().say(ASKED)["text"]
    assert "988" in broken.patient().say("i want to die")["text"]
    waiting = broken.patient()
    full = request(waiting, 2)
    assert "could not store" in full and "nobody will call" in full
    assert "988" in (broken.phone().text("i want to die") or "")
    assert "911" in (broken.phone().text("how much is it?") or "")
    filler.unlink()

    def works() -> bool:
        found = re.findall(r"request number is (\w+)", request(broken.patient(), 3 + len(confirmed)))
        confirmed.extend(found)
        return bool(found)

    print(f"recovered after {recovered(works):.1f} s")
    (kept,) = re.findall(r"request number is (\w+)", waiting.say("yes")["text"])  # nothing had to be written again
    confirmed.append(kept)
    assert broken.phone().text("how long before my infusion do I stop eating?")
    assert stored(broken.run) == set(confirmed)
