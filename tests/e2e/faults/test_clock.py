"""The clock of all servers set back by an hour in the middle of conversations."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import settings
from tests.e2e.faults.conftest import Broken, watched

pytestmark = pytest.mark.e2e

SHIM = Path(__file__).with_name("backwards.c")
ASKED = "how long before my infusion do I stop eating?"
STEPS = ("can someone call me", "Jane Canaria", "(212) 555-0177", "fridays after 3", "1", "no", "yes")


@pytest.fixture(scope="module", params=["in memory", "SQL"])
def broken(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broken]:
    """Servers whose clock the file `offset` sets, with conversations in each kind of store."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler to build the test's clock; install one, for example gcc")
    folder = tmp_path_factory.mktemp("clock")
    library = folder / "backwards.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(SHIM), "-ldl"], check=True)
    (folder / "offset").write_text("0", encoding="ascii")
    environment = {"LD_PRELOAD": str(library), "CLOCK_OFFSET": str(folder / "offset")}
    if request.param == "SQL":
        environment["FAQBOT_TRACKER_URL"] = f"sqlite:///{folder / 'trackers.sqlite3'}"
    with watched(settings().copy(update={"run_dir": folder / "run"}), environment) as running:
        yield running


def test_the_clock_is_set_back(broken: Broken) -> None:
    patient, other, phone = broken.patient(), broken.patient(), broken.phone()
    assert "6 hours" in patient.say(ASKED)["text"]
    assert "6 hours" in (phone.text(ASKED) or "")
    for step in STEPS[:3]:
        other.say(step)
    (broken.run.parent / "offset").write_text("-3600", encoding="ascii")
    assert "nausea" in patient.say("why?")["text"]  # still about eating
    assert "6 hours" in (phone.text(ASKED) or "")
    assert "988" in (phone.text("i want to die") or "")
    assert "request number is" in [other.say(step)["text"] for step in STEPS[3:]][-1]
    assert "6 hours" in broken.patient().say(ASKED)["text"]
    (broken.run.parent / "offset").write_text("0", encoding="ascii")
    assert "6 hours" in patient.say(ASKED)["text"]
    assert "988" in patient.say("i want to die")["text"]
