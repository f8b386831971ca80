"""Turning the watch on, in processes of their own: nothing is imported without a setting, and ports are taken over."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.ports import free_port
from bot.settings import ROOT
from bot.watch.start import RESERVED, reserve

pytestmark = pytest.mark.usefixtures("socket_enabled")

HEAVY = ("prometheus_client", "opentelemetry", "structlog")
SERVE = """
import sys, time
from types import SimpleNamespace
from bot.watch.start import start
from bot.watch.record import turned, part, version
start(sys.argv[1])
start(sys.argv[1])
from bot.watch import exporter
exporter.PERIOD = 0.2
turned(channel="web", clinic=sys.argv[2], reply=SimpleNamespace(kind="answer"), seconds=0.01)
version("index", sys.argv[1])
print("on", flush=True)
time.sleep(60)
"""


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FAQBOT_", "OTEL_"))}
    return {**kept, "PYTHONPATH": str(ROOT), "FAQBOT_RUN_DIR": str(tmp_path / "run"), **more}


def run(code: str, env: dict[str, str]) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], env=env, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.parametrize(
    ("setting", "imported"),
    [
        ({}, []),
        ({"FAQBOT_METRICS_PORT": "0"}, ["prometheus_client"]),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}, ["opentelemetry"]),
        ({"FAQBOT_LOG_FORMAT": "json"}, ["structlog"]),
    ],
)
def test_only_what_is_set_is_imported(tmp_path: Path, setting: dict[str, str], imported: list[str]) -> None:
    if "FAQBOT_METRICS_PORT" in setting:
        setting = {"FAQBOT_METRICS_PORT": str(free_port())}
    code = (
        "import sys, json\nimport bot.watch.record\nfrom bot.watch.start import start, start_logs\n"
        "start('rasa'); start_logs('rasa')\n"
        f"print(json.dumps([m for m in {HEAVY} if m in sys.modules]))"
    )
    assert json.loads(run(code, environment(tmp_path, **setting)).splitlines()[-1]) == imported


@contextmanager
def serving(process: str, clinic: str, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", SERVE, process, clinic]
    with subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout and child.stdout.readline().strip() == "on"
            yield child
        finally:
            child.kill()


def shown(port: int, *expected: str, absent: str = "\0") -> str:
    """The metrics, as soon as they have all that is expected, and not what is to be absent."""
    text, end = "", time.monotonic() + 15
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < end:
        try:
            with opener.open(f"http://127.0.0.1:{port}/metrics", timeout=2) as reply:
                text = reply.read().decode()
        except OSError:
            text = ""
        if text and all(part in text for part in expected) and absent not in text:
            return text
        time.sleep(0.1)
    raise AssertionError(f"not all of {expected} in:\n{text}")


def test_one_port_shows_all_processes_and_is_taken_over_when_its_process_dies(tmp_path: Path) -> None:
    port = free_port()
    env = environment(tmp_path, FAQBOT_METRICS_PORT=str(port))
    with serving("rasa", "pain-team", env) as first, serving("actions", "no-clinic", env):
        text = shown(
            port,
            'faqbot_turns_total{channel="web",clinic="pain-team",kind="answer"} 1.0',
            'faqbot_turns_total{channel="web",clinic="other",kind="answer"} 1.0',
            'faqbot_turn_seconds_count{channel="web"} 2.0',
            'faqbot_version{part="index",version="rasa"} 1.0',
            'faqbot_memory_bytes{process="rasa"}',
            'faqbot_memory_bytes{process="actions"}',
        )
        assert "pid=" not in text
        first.send_signal(signal.SIGKILL)
        first.wait()
        shown(
            port,
            'faqbot_turns_total{channel="web",clinic="pain-team",kind="answer"} 1.0',
            'faqbot_memory_bytes{process="actions"}',
            absent='faqbot_memory_bytes{process="rasa"}',
        )


def test_the_files_of_values_have_their_space_and_nothing_of_an_earlier_process(tmp_path: Path) -> None:
    old = tmp_path / "counter_7.db"
    old.write_bytes(b"old")
    reserve(tmp_path, 7)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "counter_7.db", "gauge_livemax_7.db", "gauge_livesum_7.db", "histogram_7.db",
    ]  # fmt: skip
    assert old.stat().st_size == RESERVED and old.stat().st_blocks * 512 >= RESERVED
    assert not any(old.read_bytes())
