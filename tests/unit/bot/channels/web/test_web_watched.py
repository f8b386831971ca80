"""What the web channel counts when it gets no turn out of the engine."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry
from web_server import SITE, FakeEngine, begin, say, serving

from bot.channels.web.state import MemoryState, StateError
from bot.settings import settings
from bot.watch.metrics import Metrics
from bot.watch.record import watch

pytestmark = pytest.mark.usefixtures("socket_enabled")
CRISIS = "i want to die"


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> CollectorRegistry:
    registry = CollectorRegistry()
    monkeypatch.setattr(watch, "metrics", Metrics(("north",), registry))
    return registry


def turns(registry: CollectorRegistry, kind: str, clinic: str = "north") -> float | None:
    return registry.get_sample_value("faqbot_turns_total", {"channel": "web", "clinic": clinic, "kind": kind})


def failures(registry: CollectorRegistry, what: str) -> float | None:
    return registry.get_sample_value("faqbot_failures_total", {"what": what})


async def test_a_turn_over_its_time_counts_as_an_error_and_a_missed_deadline(
    site_file: Any, engine: FakeEngine, registry: CollectorRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAQBOT_WEB_DEADLINE", "0.1")
    settings.cache_clear()
    async with serving(engine) as client:
        assert (await say(client, await begin(client, SITE), "slow 0.5")).json()["kind"] == "error"
    assert (turns(registry, "error"), failures(registry, "deadline")) == (1, 1)


async def test_help_waits_for_no_turn_before_it_longer_than_the_limit(
    site_file: Any, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAQBOT_WEB_DEADLINE", "0.3")
    settings.cache_clear()
    async with serving(engine) as client:
        headers = await begin(client, SITE)
        conversation = []
        turn = MemoryState.turn

        def seen(state: MemoryState, name: str, within: float) -> Any:
            conversation.append((state, name))
            return turn(state, name, within)

        monkeypatch.setattr(MemoryState, "turn", seen)
        await say(client, headers, "how long does it take")
        async with turn(*conversation[0]):  # a turn that does not end
            began = time.monotonic()
            assert (await say(client, headers, CRISIS)).json()["kind"] == "crisis"
            assert time.monotonic() - began < 1
            assert (await say(client, headers, "how much is it")).status_code == 503


async def test_without_the_store_of_sessions_each_message_is_a_failure_and_help_is_counted(
    live: httpx.AsyncClient, registry: CollectorRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: Any) -> None:
        raise StateError("gone")

    headers = await begin(live, SITE)
    monkeypatch.setattr(MemoryState, "load", gone)
    assert (await say(live, headers, "how long does it take")).status_code == 503
    assert (await say(live, headers, CRISIS)).json()["kind"] == "crisis"
    assert failures(registry, "state") == 2
    assert turns(registry, "crisis") == 1 and turns(registry, "error") is None
