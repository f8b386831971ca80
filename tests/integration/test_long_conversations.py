"""A long conversation is cut into sessions, and nobody notices: neither the actions nor the patient."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.integration, pytest.mark.filterwarnings("ignore")]

TURNS = 40


def domain() -> Any:
    """The project's domain."""
    from rasa.shared.core.domain import Domain

    from bot.settings import ROOT

    return Domain.load(str(ROOT / "domain.yml"))


def turn(number: int, *, danger: str = "none", offered: str | None = None) -> list[Any]:
    """The events of one turn."""
    from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered

    parsed = {"text": f"message {number}", "safety": {"danger": danger}, "intent": {"name": "cost"}, "entities": []}
    return [
        UserUttered(f"message {number}", {"name": "cost"}, parse_data=parsed, input_channel="web"),
        ActionExecuted("action_answer_question"),
        BotUttered(f"answer {number}", {"custom": {"kind": "answer"}}),
        SlotSet("last_question", f"q{number}"),
        SlotSet("offered", offered),
        ActionExecuted("action_listen"),
    ]


def began() -> list[Any]:
    """The events with which Rasa begins a conversation."""
    from rasa.shared.core.events import ActionExecuted, SessionStarted

    return [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]


def tracker_of(events: list[Any]) -> Any:
    """A tracker that has seen the events."""
    from rasa.shared.core.trackers import DialogueStateTracker

    return DialogueStateTracker.from_events("x", events, domain().slots)


def test_a_short_conversation_goes_on_as_it_is() -> None:
    from bot.channels.mends.sessions import MOST, continued

    events = began() + [e for n in range(MOST - 1) for e in turn(n)]
    assert continued(tracker_of(events)) == []


def test_a_long_one_begins_anew_with_its_slots_its_last_messages_and_every_danger() -> None:
    from rasa.shared.core.events import BotUttered, UserUttered

    from bot.channels.mends.sessions import AGAIN, KEPT, MOST, WHOLE, continued

    events = began() + turn(0, danger="crisis") + [e for n in range(1, MOST) for e in turn(n, offered="consult")]
    old = tracker_of(events)
    new = tracker_of(events + continued(old))
    assert new.current_slot_values() == old.current_slot_values()
    kept = [e for e in new.applied_events() if isinstance(e, UserUttered)]
    wanted = [0, *range(MOST - KEPT, MOST)]
    assert [e.text for e in kept] == [f"message {n}" for n in wanted]
    said = [e.text for e in new.applied_events() if isinstance(e, BotUttered)]
    assert said == [f"answer {n}" for n in range(MOST - WHOLE, MOST)]
    first = next(e for e in events if isinstance(e, UserUttered))
    assert kept[0].metadata[AGAIN] == first.timestamp
    assert new.latest_action_name == "action_listen"


def test_what_is_taken_over_a_second_time_keeps_its_first_time() -> None:
    from rasa.shared.core.events import UserUttered

    from bot.channels.mends.sessions import AGAIN, MOST, continued

    events = began() + turn(0, danger="crisis") + [e for n in range(1, MOST) for e in turn(n)]
    again = began() + continued(tracker_of(events))[3:] + [e for n in range(MOST) for e in turn(n)]
    found = [e for e in continued(tracker_of(again)) if isinstance(e, UserUttered) and e.text == "message 0"]
    first = next(e for e in events if isinstance(e, UserUttered))
    assert found[0].metadata[AGAIN] == first.timestamp


def test_a_form_goes_on_in_the_next_session() -> None:
    from rasa.shared.core.events import ActionExecuted, ActiveLoop, SlotSet
    from rasa_sdk import Tracker

    from actions.consult_context import history
    from actions.submit_consult import _form_run
    from bot.channels.mends.sessions import MOST, continued

    form = [ActionExecuted("consult_form"), ActiveLoop("consult_form"), SlotSet("requested_slot", "consult_name")]
    events = began() + turn(0) + form + [e for n in range(1, MOST) for e in turn(n)]
    old = tracker_of(events)
    new = tracker_of(began() + continued(old)[3:])
    assert new.active_loop_name == "consult_form"
    assert new.get_slot("requested_slot") == "consult_name"

    def seen(tracker: Any) -> Any:
        from rasa.shared.core.trackers import EventVerbosity

        return Tracker.from_dict(tracker.current_state(EventVerbosity.ALL))

    assert _form_run(seen(new)) == _form_run(seen(old))  # one run of the form, so that a retry stores nothing twice
    assert history(seen(new)) == ()  # what was said to the form is no question that staff are shown


def test_of_many_dangers_the_last_of_each_kind_is_kept() -> None:
    from rasa.shared.core.events import UserUttered

    from bot.channels.mends.sessions import KEPT, MOST, continued

    dangers = ["crisis", "emergency", "crisis", "none", "emergency"]
    turns = [e for n in range(MOST) for e in turn(n, danger=dangers[n] if n < len(dangers) else "none")]
    kept = [e.text for e in continued(tracker_of(began() + turns)) if isinstance(e, UserUttered)]
    wanted = [2, 4, *range(MOST - KEPT, MOST)]
    assert kept == [f"message {n}" for n in wanted]


@pytest.mark.parametrize("store", ["memory", "sql", "Rasa's memory"])
def test_what_is_read_for_a_turn_stays_bounded(store: str, tmp_path: Path) -> None:
    from rasa.core.tracker_store import InMemoryTrackerStore, SQLTrackerStore

    from bot.channels.memory_trackers import MemoryTrackers
    from bot.channels.mends.sessions import MOST, continued

    where = domain()
    kept: Any = {
        "memory": lambda: MemoryTrackers(domain=where),
        "sql": lambda: SQLTrackerStore(where, db=str(tmp_path / "trackers.sqlite3")),
        "Rasa's memory": lambda: InMemoryTrackerStore(where),
    }[store]()

    async def talk() -> list[int]:
        sizes = []
        for number in range(TURNS):
            tracker = await kept.get_or_create_tracker("x", append_action_listen=False)
            if not tracker.events:
                tracker.update_with_events(began(), where)
            tracker.update_with_events(continued(tracker), where)
            tracker.update_with_events(turn(number, offered="consult"), where)
            await kept.save(tracker)
            stored = await kept.retrieve("x")
            assert stored.get_slot("last_question") == f"q{number}"
            sizes.append(len(stored.events))
        return sizes

    sizes = asyncio.run(talk())
    assert max(sizes[MOST:]) <= max(sizes[: MOST + 1])
