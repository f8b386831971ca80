"""For the tests of the actions: a search over the small FAQ, and trackers as the action server gets them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import answering
from bot.settings import settings
from knowledge.encoder import Encoder
from knowledge.index import build
from knowledge.load import load
from knowledge.search import Search
from knowledge.thresholds import Thresholds

THRESHOLDS = Path(__file__).parents[1] / "thresholds.yml"
Heard = Callable[..., Tracker]


@pytest.fixture(autouse=True)
def fresh_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No clinic is set for the plain shell unless the test does."""
    monkeypatch.delenv("FAQBOT_SHELL_CLINIC", raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture(scope="session")
def built() -> list[Search]:
    """The search over the small FAQ, once a test has built it; no test changes it."""
    return []


@pytest.fixture
def knowledge(faq: Path, encoder: Encoder, built: list[Search], monkeypatch: pytest.MonkeyPatch) -> None:
    """The actions search the small FAQ."""
    if not built:
        built.append(Search(build(load(faq), encoder), encoder, thresholds=Thresholds.load(THRESHOLDS)))
    monkeypatch.setattr(answering, "knowledge_service", lambda: SimpleNamespace(search=lambda: built[0]))


@pytest.fixture
def dispatcher() -> CollectingDispatcher:
    """Collects what an action says."""
    return CollectingDispatcher()


@pytest.fixture
def heard() -> Heard:
    """Make the tracker of a conversation in which the patient has just written something."""

    def tracker(
        text: str = "",
        *,
        clinic: str | None = "north",
        channel: str = "web",
        intent: str = "cost",
        confidence: float = 0.9,
        slots: dict[str, Any] | None = None,
        events: list[dict[str, Any]] | None = None,
        before: dict[str, Any] | None = None,
        **metadata: Any,
    ) -> Tracker:
        """`before` are slots that the reply just before has set."""
        if before is not None:
            slots = {**(slots or {}), **before}
            events = [*(events or []), {"event": "user", "text": "..."}, *_set(before)]
        if clinic is not None:
            metadata["clinic"] = clinic
        message = {
            "text": text,
            "intent": {"name": intent, "confidence": confidence},
            "metadata": metadata,
            "safety": {"advice": intent == "medical_advice"},
        }
        said = {"event": "user", "text": text, "input_channel": channel}
        active = {"name": "consult_form"}
        return Tracker("conversation-1", slots or {}, message, [*(events or []), said], False, None, active, None)

    return tracker


def _set(slots: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"event": "slot", "name": name, "value": value} for name, value in slots.items()]
