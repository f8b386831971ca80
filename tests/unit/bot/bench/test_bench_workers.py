"""One worker beside two: measured only on what workers share, and what the report says of it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.bench import workers
from bot.bench.stats import ratios, spread
from bot.settings import settings


def found(one: float, two: float, *, busy: float) -> dict[str, Any]:
    """What `measure` gives for two throughputs."""
    load = {
        name: {"throughput": spread([rate, rate]), "cpu": {"bot.rasa_server": 9.0, "load": 2.0}}
        for name, rate in ((workers.ONE, one), (workers.TWO, two))
    }
    ratio = ratios([two, two], [one, one])
    return {"at_once": 32, "load": load, "busy": {workers.ONE: busy, workers.TWO: 1.0}, "ratio": ratio}


def test_nothing_is_measured_without_what_workers_share() -> None:
    assert workers.services(settings().copy(update={"redis_url": "", "tracker_url": "sqlite:///x"})) == {}
    shared = settings().copy(update={"redis_url": "redis://r", "tracker_url": "sqlite:///x"})
    assert set(workers.services(shared)) == {"FAQBOT_REDIS_URL", "FAQBOT_TRACKER_URL"}


def test_what_a_second_worker_cannot_bring_is_told_by_what_the_processors_have_left() -> None:
    text = workers.section(found(80.0, 100.0, busy=0.8))
    assert "1.25 (1.25 to 1.25), **not met**" in text
    assert "busy for 80 % of the time, so that a second one could bring 1.25 times as much at most" in text


@pytest.mark.parametrize("rate", [128.0, 160.0])
def test_enough_needs_no_reason(rate: float) -> None:
    text = workers.section(found(80.0, rate, busy=0.5))
    assert "met." in text
    assert "**not met**" not in text
    assert "at most" not in text


def test_the_share_of_the_processors_counts_the_load_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers.os, "cpu_count", lambda: 2)
    row = {"cpu": {"bot.rasa_server": 9.0, "bot.action_server": 9.0, "load": 2.0}, "throughput": {"median": 50.0}}
    assert workers._busy(row) == pytest.approx(0.5)
