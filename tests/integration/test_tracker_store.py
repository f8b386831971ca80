"""Check 26: what Rasa itself has written to its tracker store is erased, to the last byte."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from bot.consult.conversations import erase_conversations, purge_conversations
from bot.settings import Settings

pytestmark = pytest.mark.integration


@pytest.fixture
def tracker_file(tmp_path: Path) -> Path:
    """A tracker store in which two patients have written to the north, as Rasa's endpoints file opens it."""
    from rasa.core.tracker_store import TrackerStore
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker
    from rasa.utils.endpoints import EndpointConfig

    from bot.endpoints import endpoints

    file = tmp_path / "tracker.sqlite3"
    endpoint = json.loads(endpoints(Settings(tracker_url=f"sqlite:///{file}"), 5055))["tracker_store"]
    store = TrackerStore.create(EndpointConfig.from_dict(endpoint), Domain.empty())
    for sender in ("mine", "yours"):
        text = f"canary words of {sender}"
        said = UserUttered(text, metadata={"clinic": "north"}, parse_data={"text": text})
        tracker = DialogueStateTracker.from_events(sender, [said])
        asyncio.run(store.save(tracker))
    return file


def test_check_26_a_conversation_that_rasa_kept_is_erased_to_the_last_byte(tracker_file: Path) -> None:
    assert b"canary words of mine" in tracker_file.read_bytes()
    assert erase_conversations(f"sqlite:///{tracker_file}", ["mine"]) > 0
    left = tracker_file.read_bytes()
    assert b"words of mine" not in left and b"words of yours" in left


def test_check_26_a_conversation_that_rasa_kept_is_purged_by_its_clinics_days(tracker_file: Path) -> None:
    url, days = f"sqlite:///{tracker_file}", {"north": 30}.__getitem__
    now = datetime.now(timezone.utc)
    assert purge_conversations(url, now=now + timedelta(days=29), days=days) == ()
    assert set(purge_conversations(url, now=now + timedelta(days=31), days=days)) == {"mine", "yours"}
    assert b"canary" not in tracker_file.read_bytes()


def store(file: Path, **more: Any) -> Any:
    """The store of an SQL database as the server has it."""
    from rasa.shared.core.domain import Domain

    from bot.channels.trackers import SqlTrackers

    return SqlTrackers(host=f"sqlite:///{file}", domain=Domain.empty(), **more)


def said(texts: list[str], *, at: float) -> list[Any]:
    """A session's events with these texts, a second apart."""
    from rasa.shared.core.events import SessionStarted, UserUttered

    return [SessionStarted(at), *(UserUttered(t, timestamp=at + i + 1) for i, t in enumerate(texts))]


def heard(tracker: Any) -> list[str]:
    """The patient's words in a tracker."""
    from rasa.shared.core.events import UserUttered

    return [e.text for e in tracker.events if isinstance(e, UserUttered)]


async def test_a_session_goes_on_though_the_clock_was_set_back(tmp_path: Path) -> None:
    from rasa.shared.core.events import UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker

    trackers = store(tmp_path / "a.db")
    await trackers.save(DialogueStateTracker.from_events("x", said(["one"], at=10_000.0)))
    tracker = await trackers.retrieve("x")
    tracker.update(UserUttered("two", timestamp=6_400.0))
    await trackers.save(tracker)
    assert heard(await trackers.retrieve("x")) == ["one", "two"]
    for event in said(["three"], at=6_500.0):
        tracker.update(event)
    await trackers.save(tracker)
    assert heard(await trackers.retrieve("x")) == ["three"]
    assert heard(await trackers.retrieve_full_tracker("x")) == ["one", "two", "three"]


@pytest.mark.parametrize("kind", ["sql", "memory"])
async def test_a_broker_hears_of_each_event_once_when_it_is_stored(kind: str, tmp_path: Path) -> None:
    from rasa.shared.core.events import UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker

    class Broker:
        def __init__(self) -> None:
            self.heard: list[str] = []

        def publish(self, event: dict[str, Any]) -> None:
            self.heard.append(event.get("text", event["event"]))

    broker = Broker()
    trackers = store(tmp_path / "a.db", event_broker=broker) if kind == "sql" else in_memory(event_broker=broker)
    await trackers.save(DialogueStateTracker.from_events("x", said(["one"], at=1.0)))
    tracker = await trackers.retrieve("x")
    tracker.update(UserUttered("two"))
    await trackers.save(tracker)
    for event in said(["three"], at=3.0):
        tracker.update(event)
    await trackers.save(tracker)
    assert broker.heard == ["session_started", "one", "two", "session_started", "three"]
    tracker = await trackers.retrieve("x")
    tracker.update(UserUttered("four"))
    await trackers.save(tracker)
    assert broker.heard[5:] == ["four"]


def in_memory(**more: Any) -> Any:
    """The store in memory as the server has it."""
    from rasa.shared.core.domain import Domain

    from bot.channels.memory_trackers import MemoryTrackers

    return MemoryTrackers(domain=Domain.empty(), **more)


async def test_in_memory_a_turn_that_is_not_saved_has_never_been() -> None:
    from rasa.shared.core.events import SlotSet, UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker

    trackers = in_memory()
    assert await trackers.retrieve("x") is None
    saved = DialogueStateTracker.from_events("x", said(["one"], at=1.0))
    await trackers.save(saved)
    saved.update(UserUttered("after it was saved"))
    lost = await trackers.retrieve("x")
    lost.update(UserUttered("lost"))
    lost.update(SlotSet("offered", "consult"))
    found = await trackers.retrieve("x")
    assert heard(found) == ["one"] and found.latest_message.text == "one" and found.get_slot("offered") is None


async def test_in_memory_only_the_session_that_is_on_is_kept() -> None:
    from rasa.shared.core.trackers import DialogueStateTracker

    trackers = in_memory()
    await trackers.save(DialogueStateTracker.from_events("x", said(["one"], at=1.0) + said(["two"], at=9.0)))
    assert heard(await trackers.retrieve("x")) == heard(await trackers.retrieve_full_tracker("x")) == ["two"]


async def test_in_memory_the_conversation_that_was_longest_silent_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    from rasa.shared.core.trackers import DialogueStateTracker

    from bot.channels import memory_trackers

    monkeypatch.setattr(memory_trackers, "AWAKE", 1)
    monkeypatch.setattr(memory_trackers, "MOST", 2)
    trackers = in_memory()
    for sender in ("x", "y", "x", "z"):
        await trackers.save(DialogueStateTracker.from_events(sender, said([f"of {sender}"], at=1.0)))
    assert list(await trackers.keys()) == ["x", "z"]


async def test_in_memory_a_silent_conversation_goes_on_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    from rasa.shared.core.events import UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

    from bot.channels import memory_trackers

    monkeypatch.setattr(memory_trackers, "AWAKE", 1)
    trackers = in_memory()
    tracker = trackers.init_tracker("x")
    tracker.update_with_events(said(["one"], at=1.0), None, override_timestamp=False)
    await trackers.save(tracker)
    before = (await trackers.retrieve("x")).current_state(EventVerbosity.ALL)
    await trackers.save(DialogueStateTracker.from_events("y", said(["of y"], at=2.0)))
    assert isinstance(trackers.store["x"], str), "it was to be written out"
    tracker = await trackers.retrieve("x")
    assert tracker.current_state(EventVerbosity.ALL) == before
    tracker.update(UserUttered("two"))
    await trackers.save(tracker)
    assert heard(await trackers.retrieve("x")) == ["one", "two"]
    assert list(await trackers.keys()) == ["y", "x"]
    for sender in ("x", "y"):
        trackers.forget(sender)
        assert await trackers.retrieve(sender) is None


async def test_a_database_that_fails_or_hangs_ends_the_turn_and_blocks_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    from rasa.core.tracker_store import FailSafeTrackerStore

    from bot.channels import trackers as module
    from bot.channels.lost import TurnLostError

    monkeypatch.setattr(module, "SECONDS", 0.3)
    trackers = store(tmp_path / "a.db")
    monkeypatch.setattr(type(trackers), "_event_query", lambda *args, **more: time.sleep(1))
    began = time.monotonic()
    lost, _ = await asyncio.gather(
        FailSafeTrackerStore(trackers).retrieve("x"), asyncio.sleep(0.1), return_exceptions=True
    )
    assert isinstance(lost, TurnLostError) and time.monotonic() - began < 0.9
    (tmp_path / "a.db").unlink()
    monkeypatch.undo()
    with pytest.raises(TurnLostError):
        await FailSafeTrackerStore(trackers).retrieve("x")
