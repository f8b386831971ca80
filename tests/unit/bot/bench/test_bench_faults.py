"""The fault table of the report: what the page names, what became of the tests, what stands there."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from bot.bench import faults
from bot.bench.systems import BenchError

CASES = """<testsuites><testsuite>
<testcase name="test_the_action_server_is_killed" time="4.26"/>
<testcase name="test_redis_is_gone_and_back" time="9"><failure message="late">3.4 s</failure></testcase>
<testcase name="test_redis_hangs" time="0"><skipped message="no redis-server on the PATH"/></testcase>
<testcase name="test_the_clock_is_set_back[web]" time="2.0"/>
<testcase name="test_the_clock_is_set_back[sms]" time="3.0"/>
</testsuite></testsuites>"""


def ran(monkeypatch: pytest.MonkeyPatch, written: str | None) -> None:
    """Have pytest write this file."""

    monkeypatch.setenv("FAQBOT_TRACKER_URL", "postgresql://bench")

    def run(command: list[str], *, env: dict[str, str], **_: Any) -> subprocess.CompletedProcess[str]:
        assert "FAQBOT_TRACKER_URL" not in env and "PATH" in env, "the bench's stores are not to be broken"
        if written is not None:
            Path(command[-1].partition("=")[2]).write_text(written, encoding="utf-8")
        return subprocess.CompletedProcess(command, 4, stdout="no such option", stderr="")

    monkeypatch.setattr(subprocess, "run", run)


def test_every_row_of_the_page_is_found_with_its_tests() -> None:
    page = faults.TABLE.read_text(encoding="utf-8")
    found = faults.rows(page)
    assert len(found) == page.count("`::test_") + page.count(".py::test_") - 2  # two rows have two tests each
    assert found["Redis killed, or hangs"] == ("test_redis_is_gone_and_back", "test_redis_hangs")


def test_a_test_passed_failed_was_skipped_or_was_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    ran(monkeypatch, CASES)
    results = {t["name"]: (t["result"], t["seconds"]) for row in faults.measure() for t in row["tests"]}
    assert results["test_the_action_server_is_killed"] == ("passed", 4.3)
    assert results["test_redis_is_gone_and_back"] == ("failed: late", 9.0)
    assert results["test_redis_hangs"] == ("skipped: no redis-server on the PATH", 0.0)
    assert results["test_the_clock_is_set_back"] == ("passed", 5.0)
    assert results["test_the_disk_is_full"] == ("failed: there is no such test", 0.0)


def test_tests_that_did_not_run_end_the_bench_with_what_they_said(monkeypatch: pytest.MonkeyPatch) -> None:
    ran(monkeypatch, None)
    with pytest.raises(BenchError, match="no such option"):
        faults.measure()


def test_what_did_not_pass_stands_out(monkeypatch: pytest.MonkeyPatch) -> None:
    ran(monkeypatch, CASES)
    text = faults.section(faults.measure())
    assert "| action server killed | `test_the_action_server_is_killed` | passed | 4 |" in text
    assert "| `test_redis_is_gone_and_back` | **failed: late** | 9 |" in text
    assert "**skipped: no redis-server on the PATH**" in text
    assert "\n\n2 of 14 passed" in text


def test_a_long_reason_is_its_first_line_and_breaks_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    ran(monkeypatch, CASES.replace("late", f"rasa: 354 | 400 MB {'x' * 300}&#10;and more"))
    text = faults.section(faults.measure())
    assert "**failed: rasa: 354 / 400 MB xxx" in text and "and more" not in text
