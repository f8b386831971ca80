"""The parts of a turn: asked of the serving assistant's own settings, told in the order of a turn."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.bench import parts
from bot.bench.systems import BenchError
from bot.bench.workload import Supply
from tests.unit.bot.bench.conftest import MakeSystem

TIMES: dict[str, list[float]] = {"turn": [20.0, 22.0, 40.0], "screen": [3.0, 4.0, 9.0], "action": [], "odd": [1.0]}


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The job's process stands in; what it was asked."""
    asked: list[dict[str, Any]] = []

    def run(command: list[str], *, env: dict[str, str], **_: Any) -> Any:
        assert command[1:3] == ["-m", "bot.turn_parts"]
        asked.append({**json.loads(Path(command[3]).read_text(encoding="utf-8")), "env": env})
        Path(command[4]).write_text(json.dumps(TIMES), encoding="utf-8")
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(subprocess, "run", run)
    return asked


def test_parts_are_told_in_the_order_of_a_turn(make_system: MakeSystem, job: list[dict[str, Any]]) -> None:
    system = make_system(env={"FAQBOT_ACTION_PORT": "4711", "FAQBOT_BUILD_DIR": "here"})
    found = parts.measure(system, [("north", ("a",))], turns=1)
    assert list(found) == ["screen", "turn"]
    assert found["turn"] == {"p50": 22.0, "p95": 40.0}
    assert job[0]["action_url"] == "http://127.0.0.1:4711/webhook"
    assert job[0]["env"]["FAQBOT_BUILD_DIR"] == "here" and job[0]["env"]["OMP_NUM_THREADS"] == "1"


def test_no_more_conversations_are_taken_than_turns_need(make_system: MakeSystem, job: list[dict[str, Any]]) -> None:
    supply = Supply([(f"clinic-{n}", ("a", "b", "c")) for n in range(9)])
    parts.measure(make_system(env={"FAQBOT_ACTION_PORT": "1"}), supply, turns=4)
    assert job[0]["turns"] == [["clinic-0", "a"], ["clinic-0", "b"], ["clinic-0", "c"], ["clinic-1", "a"]]
    assert next(supply)[0] == "clinic-2"


def test_a_job_that_fails_is_an_error_with_its_words(make_system: MakeSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=1, stderr="no model"))
    with pytest.raises(BenchError, match=r"(?s)parts of a turn failed:.*no model"):
        parts.measure(make_system(env={"FAQBOT_ACTION_PORT": "1"}), [("north", ("a",))], turns=1)
