"""A turn through the channels' common way, watched: it is counted by what became of it, and timed by parts."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from bot.channels import turn as channel
from bot.watch.ids import current, enter_conversation, hashed
from bot.watch.metrics import Metrics
from bot.watch.record import watch

pytestmark = pytest.mark.integration


class Watched:
    """Turns with a stand-in for Rasa, and what was recorded of them."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.told: list[dict[str, Any]] = []
        self.conversations: list[str] = []

    async def __call__(self, text: str, engine: Any) -> channel.TurnReply:
        return await channel.run_turn(engine, text=text, conversation="c-1", channel="web", clinic="pain-team")

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(name, labels)

    def tell(self, **fields: Any) -> None:
        self.told.append(fields)
        self.conversations.append(current())


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    enter_conversation("")  # a test that runs an action by itself leaves one
    made = Watched(CollectorRegistry())
    monkeypatch.setattr(watch, "metrics", Metrics(("pain-team",), made.registry))
    monkeypatch.setattr(watch, "tell", made.tell)
    return made


async def answers(message: Any) -> None:
    await message.output_channel.send_response("c-1", {"text": "Two hours.", "custom": {"kind": "answer"}})


async def says_nothing(message: Any) -> None:
    return None


async def fails(message: Any) -> None:
    raise RuntimeError("canary")


async def hangs(message: Any) -> None:
    await asyncio.sleep(5)


async def test_an_answer_is_counted_timed_and_told_with_its_conversation(watched: Watched) -> None:
    assert (await watched("how long does it take", answers)).kind == "answer"
    where = {"channel": "web", "clinic": "pain-team"}
    assert watched.value("faqbot_turns_total", **where, kind="answer") == 1
    for part in ("read", "engine", "finish"):
        assert watched.value("faqbot_part_seconds_count", part=part) == 1
    assert {**watched.told[0], "seconds": None} == {**where, "kind": "answer", "seconds": None}
    assert watched.conversations == [hashed("c-1")] and current() == ""


@pytest.mark.parametrize("engine", [says_nothing, fails])
async def test_a_turn_without_a_reply_is_an_error_and_one_failure(watched: Watched, engine: Any) -> None:
    assert (await watched("how long does it take", engine)).kind == "error"
    assert watched.value("faqbot_turns_total", channel="web", clinic="pain-team", kind="error") == 1
    assert watched.value("faqbot_failures_total", what="engine") == 1


async def test_help_that_did_not_wait_for_the_rest_is_counted_as_such(watched: Watched) -> None:
    assert (await watched("i want to kill myself", hangs)).kind == "crisis"
    labels = {"channel": "web", "clinic": "pain-team", "danger": "crisis", "reply": "help"}
    assert watched.value("faqbot_dangers_total", **labels) == 1
    assert watched.value("faqbot_failures_total", what="late") == 1
