"""What the channels tell the watch of a turn, by the web channel's own server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from bot.channels.seen import given_up, seen
from bot.channels.sms.turns import Said
from bot.watch.metrics import Metrics
from bot.watch.record import watch

CRISIS = "i want to kill myself"


@pytest.fixture
def registry(small_faq: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CollectorRegistry]:
    registry = CollectorRegistry()
    monkeypatch.setattr(watch, "metrics", Metrics(("north",), registry))
    yield registry


def test_a_danger_is_told_with_the_turn(registry: CollectorRegistry) -> None:
    seen(Said("crisis", []), CRISIS, "sms", "north", seconds=0.01)
    labels = {"channel": "sms", "clinic": "north", "danger": "crisis", "reply": "help"}
    assert registry.get_sample_value("faqbot_dangers_total", labels) == 1


def test_a_turn_that_was_given_up_counts_as_a_failure_and_as_its_reply(registry: CollectorRegistry) -> None:
    given_up("busy", Said("error", []), "how long does it take", "web", "north")
    assert registry.get_sample_value("faqbot_failures_total", {"what": "busy"}) == 1
    turns = {"channel": "web", "clinic": "north", "kind": "error"}
    assert registry.get_sample_value("faqbot_turns_total", turns) == 1
    assert registry.get_sample_value("faqbot_turn_seconds_count", {"channel": "web"}) is None


def test_where_nobody_watches_the_screen_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.seen.screened", pytest.fail)
    seen(Said("answer", []), "how long does it take", "web", "north", seconds=0.01)
