"""action_answer_question: the clinic's own answer or none, and who may say which clinic it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_question import AnswerQuestion
from actions.answering import UNBOUND
from knowledge import gsm7

Heard = Callable[..., Tracker]

EATING = "when do i stop eating"
NONSENSE = "zebra umbrella trombone"
OFFER = [{"title": "Ask staff to contact me", "payload": "Ask staff to contact me"}]

pytestmark = pytest.mark.usefixtures("knowledge")


def run(dispatcher: CollectingDispatcher, tracker: Tracker) -> Any:
    """Run the action; what it sets the slot `offered` to."""
    events = AnswerQuestion().run(dispatcher, tracker, {})
    slots = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
    assert set(slots) <= {"offered", "choices", "given", "left_out", "last_question"}
    return slots["offered"]


def only(dispatcher: CollectingDispatcher) -> dict[str, Any]:
    """The one message that was said."""
    (message,) = dispatcher.messages
    return message


@pytest.mark.parametrize(("clinic", "hours"), [("north", 6), ("south", 4)])
def test_the_answer_is_that_of_the_clinic_with_its_source(
    dispatcher: CollectingDispatcher, heard: Heard, clinic: str, hours: int
) -> None:
    assert run(dispatcher, heard(EATING, clinic=clinic)) is None
    message = only(dispatcher)
    assert message["text"] == f"Stop eating {hours} hours before your infusion."
    assert message["custom"] == {
        "kind": "answer",
        "sources": [{"clinic": clinic, "entry": "stop", "title": "FAQ", "reviewed": "2026-11-01"}],
        "questions": [{"id": "stop-eating", "score": 1.0}],
        "entries": [{"clinic": clinic, "id": "stop"}],
    }


def test_two_questions_get_two_messages_and_the_details_stand_once(
    dispatcher: CollectingDispatcher, heard: Heard
) -> None:
    run(dispatcher, heard("When do I stop eating? How much does one infusion cost?"))
    first, second = dispatcher.messages
    assert (first["text"], second["text"]) == (
        "Stop eating 6 hours before your infusion.",
        "One infusion costs $400.",
    )
    assert [q["id"] for q in first["custom"]["questions"]] == ["stop-eating", "price"]
    assert set(second["custom"]) == {"kind", "sources"}


def test_what_the_clinic_leaves_open_is_said_and_contact_is_offered(
    dispatcher: CollectingDispatcher, heard: Heard
) -> None:
    assert run(dispatcher, heard("price of an infusion", clinic="south")) == "consult"
    message = only(dispatcher)
    assert message["text"].startswith("South Clinic's FAQ does not say how much one infusion costs.")
    assert "400" not in message["text"]
    assert message["buttons"] == OFFER
    assert message["custom"]["kind"] == "no_answer"
    assert message["custom"]["entries"] == []


def test_what_is_not_understood_is_said_and_contact_is_offered(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    assert run(dispatcher, heard(NONSENSE)) == "consult"
    message = only(dispatcher)
    assert message["text"].startswith("I could not find that in North Clinic's FAQ.")
    assert message["buttons"] == OFFER
    assert (message["custom"]["kind"], message["custom"]["questions"]) == ("no_answer", [])


def test_what_is_out_of_scope_is_turned_down_without_an_offer_to_take(
    dispatcher: CollectingDispatcher, heard: Heard
) -> None:
    assert run(dispatcher, heard(NONSENSE, intent="out_of_scope")) is None
    message = only(dispatcher)
    assert message["text"].startswith("I can only help with questions about ketamine infusions and North Clinic.")
    assert message["custom"]["kind"] == "out_of_scope"


def test_a_sure_hit_outweighs_the_intent_out_of_scope(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    run(dispatcher, heard(EATING, intent="out_of_scope", confidence=0.99))
    assert only(dispatcher)["custom"]["kind"] == "answer"


def test_advice_is_given_as_the_general_rule_with_a_deferral(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    run(dispatcher, heard(EATING, intent="medical_advice"))
    rule, deferral = dispatcher.messages
    assert rule["text"] == "Stop eating 6 hours before your infusion."
    assert rule["custom"]["kind"] == "defer"
    assert deferral["text"].startswith("This is the clinic's general rule; I can't judge your own case.")
    assert "Ask staff to contact me" in [b["title"] for b in deferral["buttons"]]


def test_advice_that_is_not_understood_is_deferred_and_contact_is_offered(
    dispatcher: CollectingDispatcher, heard: Heard
) -> None:
    assert run(dispatcher, heard(NONSENSE, intent="medical_advice")) == "consult"
    message = only(dispatcher)
    assert message["text"].startswith("I can't judge your own case.")
    assert message["custom"]["kind"] == "defer"


@pytest.mark.parametrize(
    ("advice", "kind", "says"), [(True, "defer", "antes de cambiar una medicina"), (False, "no_answer", "solo puedo")]
)
def test_in_spanish_a_person_is_offered_and_the_own_case_deferred(
    dispatcher: CollectingDispatcher, heard: Heard, advice: bool, kind: str, says: str
) -> None:
    tracker = heard("¿Puedo tomar mi medicina antes de la infusión?")
    tracker.latest_message["safety"] = {"advice": advice, "language": "es"}
    assert run(dispatcher, tracker) == "consult"
    message = only(dispatcher)
    assert message["custom"]["kind"] == kind and says in message["text"] and "contact me" in message["text"]


@pytest.mark.parametrize("clinic", [None, "", "west", "North Clinic"])
def test_a_conversation_without_a_known_clinic_is_told_so(
    dispatcher: CollectingDispatcher, heard: Heard, clinic: str | None
) -> None:
    assert run(dispatcher, heard(EATING, clinic=clinic)) is None
    assert only(dispatcher)["text"] == UNBOUND
    assert only(dispatcher)["custom"]["kind"] == "error"


@pytest.mark.parametrize("channel", ["rest", "operator", "socketio", "Web", ""])
def test_the_metadata_of_a_channel_that_is_not_ours_binds_no_clinic(
    dispatcher: CollectingDispatcher, heard: Heard, channel: str
) -> None:
    run(dispatcher, heard(EATING, channel=channel, explain=True))
    message = only(dispatcher)
    assert message["text"] == UNBOUND
    assert "explain" not in message["custom"]


def test_a_patient_cannot_name_another_clinic_in_the_text(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    run(dispatcher, heard("South Clinic: when do i stop eating", clinic="north"))
    assert all(s["clinic"] == "north" for m in dispatcher.messages for s in m["custom"]["sources"])
    assert "4 hours" not in str(dispatcher.messages)


def test_the_stock_shell_gets_the_sources_in_the_text_and_nothing_else(
    dispatcher: CollectingDispatcher, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAQBOT_SHELL_CLINIC", "north")
    run(dispatcher, heard(EATING, channel="cmdline", clinic=None, explain=True))
    message = only(dispatcher)
    assert message["text"] == (
        "Stop eating 6 hours before your infusion.\nSource: North Clinic, FAQ, reviewed 2026-11-01"
    )
    assert message["custom"] == {}


def test_the_stock_shell_is_bound_by_its_setting_alone(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    run(dispatcher, heard(EATING, channel="cmdline", clinic="north"))
    assert only(dispatcher)["text"] == UNBOUND


def test_an_sms_is_one_short_text_with_its_source(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    run(dispatcher, heard(EATING, channel="sms"))
    message = only(dispatcher)
    assert message["text"] == "Stop eating 6 hours before your infusion.\n(north FAQ, 2026-11-01)"
    assert message["buttons"] == []
    assert gsm7.outside(message["text"]) == set()


def test_the_reasons_are_told_only_where_asked(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    run(dispatcher, heard(EATING))
    run(dispatcher, heard(EATING, explain=True))
    plain, explained = (m["custom"] for m in dispatcher.messages)
    assert "explain" not in plain
    (part,) = explained["explain"]
    assert (part["part"], part["question"], part["entry"]) == (EATING, "stop-eating", "stop")
    assert part["candidates"][0][0] == "stop-eating"


def test_no_text_at_all_is_not_understood(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    run(dispatcher, heard(""))
    assert only(dispatcher)["custom"]["kind"] == "no_answer"


def test_the_question_understood_is_remembered_for_a_follow_up(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    events = AnswerQuestion().run(dispatcher, heard(EATING), {})
    assert {"event": "slot", "timestamp": None, "name": "last_question", "value": "stop-eating"} in events
