"""A system under test: trained, started, watched and stopped as processes; here a web server of a few lines."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from bot.bench import systems
from bot.bench.systems import BenchError, System
from tests.unit.bot.bench.conftest import MakeSystem

# Answers 503 for a while, then 200; a child process waits beside it.
SERVER = """
import http.server, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
began, held = time.monotonic(), b"x" * 20_000_000
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if time.monotonic() - began > 0.3 else 503)
        self.end_headers()
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def answers(client: httpx.Client) -> bool:
    """Whether the server answers."""
    return client.get("/").status_code == 200


@pytest.fixture
def server(make_system: MakeSystem, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    """A system that can be started; its child outlives the signal to its parent."""
    monkeypatch.setattr(systems, "STOP_SECONDS", 0.3)
    system = make_system(
        serve=lambda port: [sys.executable, "-c", SERVER, str(port)], answers=answers, env=dict(os.environ)
    )
    yield system
    system.stop()


def python(code: str) -> list[str]:
    """A command that runs some code."""
    return [sys.executable, "-c", code]


def test_a_start_lasts_until_a_message_is_answered(server: System) -> None:
    began = time.perf_counter()
    took = server.start()
    assert 0.3 <= took <= time.perf_counter() - began
    assert httpx.get(server.url, trust_env=False).status_code == 200


def test_memory_and_processor_time_are_those_of_all_its_processes(server: System) -> None:
    server.start()
    held = server.memory()
    assert len(held.processes) == len(server.cpu()) == 2
    assert max(held.processes.values()) > 20  # megabytes that the server holds
    assert held.rss == pytest.approx(sum(held.processes.values()), abs=1)
    assert 0 < held.pss <= held.rss
    assert all(seconds >= 0 for seconds in server.cpu().values()) and sum(server.cpu().values()) > 0


def test_stopping_ends_every_process(server: System) -> None:
    server.start()
    assert server.process is not None
    family = [psutil.Process(server.process.pid), *psutil.Process(server.process.pid).children(recursive=True)]
    assert len(family) == 2
    server.stop()
    assert not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in family)
    assert server.process is None and server.cpu() == {}
    server.stop()  # and again does nothing


def test_a_system_that_ends_at_once_is_an_error_with_its_last_words(make_system: MakeSystem) -> None:
    failing = python("raise SystemExit('no bread')")
    system = make_system("toaster", serve=lambda port: failing, answers=answers, env=dict(os.environ))
    with pytest.raises(BenchError, match=r"(?s)toaster did not start:.*no bread"):
        system.start()


def test_a_system_that_is_never_ready_is_an_error_and_ended(
    make_system: MakeSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(systems, "START_SECONDS", 0.3)
    system = make_system(serve=lambda port: python("import time; time.sleep(60)"), answers=answers)
    with pytest.raises(BenchError, match="was not ready after"):
        system.start()
    assert system.process is None


def test_training_tells_the_time_of_the_clock_and_of_the_processors(make_system: MakeSystem) -> None:
    busy = "import time\nwhile time.process_time() < 0.2: pass\ntime.sleep(0.3)"
    took, cpu = make_system(train=python(busy), env=dict(os.environ)).trained()
    assert took >= 0.5
    assert 0.15 <= cpu < took  # not the time asleep


def test_a_training_that_fails_is_an_error_with_its_last_words(make_system: MakeSystem, tmp_path: Path) -> None:
    lines = "; ".join(f"print('line', {n})" for n in range(40))
    system = make_system("toaster", train=python(f"{lines}; raise SystemExit('burnt')"), env=dict(os.environ))
    with pytest.raises(BenchError, match=r"(?s)training toaster failed:.*line 39.*burnt") as failed:
        system.trained()
    assert "line 1\n" not in str(failed.value)
    assert "line 1\n" in (tmp_path / "toaster.log").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["/usr/bin/python3", "-m", "bot.cli", "serve"], "bot.cli (7)"),
        (["/usr/bin/python3", "-c", "pass"], "python3 (7)"),
        (["rasa", "-m"], "rasa (7)"),
        ([], "? (7)"),
    ],
)
def test_a_process_is_called_by_its_module_or_command(words: list[str], name: str) -> None:
    class Process:
        pid = 7

        def cmdline(self) -> list[str]:
            return words

    process: Any = Process()
    assert systems._called(process) == name
