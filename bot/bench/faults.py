"""The fault table (docs/faults.md) as it is on this machine: each row's tests run, and what came of them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bot.bench.systems import BenchError
from bot.evaluate.layout import table
from bot.settings import ROOT

TABLE = ROOT / "docs" / "faults.md"
TESTS = ROOT / "tests" / "e2e" / "faults"
SHARED = ("FAQBOT_REDIS_URL", "FAQBOT_TRACKER_URL")  # of the bench's workers: the tests break stores of their own
LONGEST = 200  # characters of a reason
_ROW = re.compile(r"^\| (?!fault )(?P<fault>[^|]+?) \|.*\|(?P<tests>[^|]*::test_[^|]*)\|$", re.M)
_NAME = re.compile(r"::(test_\w+)")


def rows(page: str) -> dict[str, tuple[str, ...]]:
    """The names of the tests of each fault in the table of a page, in its order.

    >>> rows("| fault | test |\\n| Redis gone | waits | `a.py::test_a`, `::test_b` |")
    {'Redis gone': ('test_a', 'test_b')}
    """
    return {found["fault"]: tuple(_NAME.findall(found["tests"])) for found in _ROW.finditer(page)}


def there() -> bool:
    """Whether the tests are here, and what runs them: an installation that only serves has neither."""
    return TESTS.is_dir() and find_spec("pytest") is not None


def measure() -> list[dict[str, Any]]:
    """Run the tests of every fault: [{"fault", "tests": [{"name", "result", "seconds"}]}].

    `result` is "passed", "failed: reason" or "skipped: reason". Raises BenchError where the tests could not be run at
    all.
    """
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "faults.xml"
        command = [sys.executable, "-m", "pytest", str(TESTS), "-q", f"--junitxml={out}"]
        env = {name: value for name, value in os.environ.items() if name not in SHARED}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
        if not out.is_file():
            raise BenchError(f"the tests of the faults did not run:\n{(done.stdout + done.stderr)[-2000:]}")
        cases: defaultdict[str, list[ElementTree.Element]] = defaultdict(list)
        for case in ElementTree.parse(out).iter("testcase"):
            cases[str(case.get("name")).partition("[")[0]].append(case)  # each parameter is a case of its test
    found = []
    for fault, names in rows(TABLE.read_text(encoding="utf-8")).items():
        tests = [{"name": name, **_result(cases[name])} for name in names]
        found.append({"fault": fault, "tests": tests})
    return found


def _result(cases: list[ElementTree.Element]) -> dict[str, Any]:
    """What the cases of one test come to; failed, with the first reason, where one did or none was there to run."""
    bad = [why for case in cases for name in ("failure", "error") if (why := case.find(name)) is not None]
    skipped = [reason.get("message") or "no reason" for case in cases if (reason := case.find("skipped")) is not None]
    result = f"skipped: {skipped[0]}" if skipped else "passed"
    if bad:
        result = f"failed: {_first_line(bad[0].get('message') or bad[0].text or 'no reason')}"
    elif not cases:
        result = "failed: there is no such test"
    return {"result": result, "seconds": round(sum(float(case.get("time") or 0.0) for case in cases), 1)}


def _first_line(message: str) -> str:
    """What fits into a cell of a table."""
    return message.strip().split("\n", 1)[0].replace("|", "/")[:LONGEST]


def section(found: list[dict[str, Any]]) -> str:
    """The report's table of faults."""
    lines = [
        (row["fault"], f"`{test['name']}`", "passed" if test["result"] == "passed" else f"**{test['result']}**",
         f"{test['seconds']:.0f}")
        for row in found
        for test in row["tests"]
    ]  # fmt: skip
    results = [test["result"] for row in found for test in row["tests"]]
    good = results.count("passed")
    return (
        f"## Faults\n\n{table(('fault', 'test', 'result', 's'), lines)}\n\n{good} of {len(results)} passed. "
        'Each test breaks the part for real, and asks that a reply or a plain "out of order" comes within 3 s, the '
        "help text in danger too, that nothing acknowledged is lost and that all recovers by itself (docs/faults.md)."
    )
