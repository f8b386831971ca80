"""A consult request that could not be stored: Rasa takes up the form again, where it was."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from actions import submit_consult
from actions.submit_consult import SubmitConsult
from bot.consult.errors import ConsultError

pytestmark = [pytest.mark.integration, pytest.mark.filterwarnings("ignore")]  # Rasa warns of its own doings


def test_rasa_runs_the_form_next_with_all_that_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from rasa.core.actions.action import RemoteAction
    from rasa.core.policies.rule_policy import RulePolicy
    from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
    from rasa.shared.core.slots import AnySlot
    from rasa.shared.core.trackers import DialogueStateTracker
    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher

    def broken(*_: Any) -> Any:
        raise ConsultError("the consult database failed (disk full)")

    monkeypatch.setattr(submit_consult, "_request", broken)
    slots = [AnySlot(name, [{}]) for name in ("consult_name", "consult_consent", "requested_slot")]
    said = [SlotSet("consult_name", "Ana"), ActionExecuted("action_listen")]
    yes = UserUttered("yes", {"name": "affirm"}, input_channel="web", metadata={"clinic": "pain-team"})
    done = [SlotSet("consult_consent", True), SlotSet("requested_slot", None), ActiveLoop(None)]
    events = [
        ActionExecuted("consult_form"),
        ActiveLoop("consult_form"),
        *said,
        yes,
        ActionExecuted("consult_form"),
        *done,
    ]
    rasa = DialogueStateTracker.from_events("c", events, slots)

    given = Tracker.from_dict({**rasa.current_state(), "events": [e.as_dict() for e in rasa.events]})
    back = asyncio.run(SubmitConsult().run(CollectingDispatcher(), given, {}))
    RemoteAction("action_submit_consult", None)._validate_action_result({"events": back, "responses": []})
    rasa.update(ActionExecuted("action_submit_consult"))
    for event in back:
        rasa.update(Event.from_parameters(dict(event)))

    assert RulePolicy._find_action_from_loop_happy_path(rasa)[0] == "consult_form"
    assert (rasa.get_slot("consult_name"), rasa.get_slot("consult_consent")) == ("Ana", None)
