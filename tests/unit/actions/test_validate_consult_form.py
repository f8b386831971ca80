"""validate_consult_form: each field, questions in the middle, and the ways out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.validate_consult_form import FIELDS, GAVE_UP, MAX_TRIES, ValidateConsultForm

Heard = Callable[..., Tracker]
Check = Callable[..., dict[str, Any]]

WORDS = ("consult_name", "consult_contact", "consult_when", "consult_reason")
PHONE = "212-736-5000"
QUESTION = "when do i stop eating?"
ANSWER = "Stop eating 6 hours before your infusion."

pytestmark = pytest.mark.usefixtures("knowledge")


@pytest.fixture
def check(dispatcher: CollectingDispatcher, heard: Heard) -> Check:
    """Let the form check what the patient wrote for a slot."""

    def validate(slot: str, text: str, *, tries: int = 0, **turn: Any) -> dict[str, Any]:
        tracker = heard(text, slots={"requested_slot": slot, "consult_tries": tries}, **turn)
        return dict(getattr(ValidateConsultForm(), f"validate_{slot}")(text, dispatcher, tracker, {}))

    return validate


def said(dispatcher: CollectingDispatcher) -> list[str]:
    """The texts that the form said."""
    return [m["text"] for m in dispatcher.messages]


@pytest.mark.parametrize(
    ("slot", "text", "value"),
    [
        ("consult_name", "  Ana   Ruiz ", "Ana Ruiz"),
        ("consult_contact", f"it's {PHONE}", "+12127365000"),
        ("consult_contact", "ana@example.com", "ana@example.com"),
        ("consult_when", "mornings,\nnot Fridays", "mornings, not Fridays"),
        ("consult_reason", "my back pain", "my back pain"),
        ("consult_reason", "r" * 400, "r" * 300),
    ],
)
def test_a_good_field_is_kept_and_nothing_is_said(
    check: Check, dispatcher: CollectingDispatcher, slot: str, text: str, value: str
) -> None:
    assert check(slot, text, tries=2) == {slot: value, "consult_tries": 0}
    assert said(dispatcher) == []


@pytest.mark.parametrize(
    ("slot", "text", "sentence"),
    [
        ("consult_name", "123", "Please write the name that staff should ask for."),
        ("consult_contact", "736-5000", "I need a phone number with area code, or an email address."),
        ("consult_contact", "ana@", "That email address does not look complete. Please write it again."),
        ("consult_when", "  ", "Please write in a few words when staff may reach you."),
        ("consult_reason", "  ", "Please write in a few words what it is about."),
    ],
)
def test_a_bad_field_stays_empty_and_the_patient_reads_why(
    check: Check, dispatcher: CollectingDispatcher, slot: str, text: str, sentence: str
) -> None:
    assert check(slot, text) == {slot: None, "consult_tries": 1}
    assert said(dispatcher) == [sentence]
    assert dispatcher.messages[0]["custom"]["kind"] == "consult"


@pytest.mark.parametrize("slot", ["consult_name", "consult_contact", "consult_when", "consult_consent"])
def test_a_question_in_the_middle_is_answered_and_the_field_stays_open(
    check: Check, dispatcher: CollectingDispatcher, slot: str
) -> None:
    assert check(slot, QUESTION, tries=1) == {slot: None}
    assert said(dispatcher) == [ANSWER]
    assert dispatcher.messages[0]["custom"]["sources"][0]["clinic"] == "north"


def test_a_question_that_the_clinic_leaves_open_is_met_with_that(
    check: Check, dispatcher: CollectingDispatcher
) -> None:
    assert check("consult_name", "what does it cost?", clinic="south") == {"consult_name": None}
    assert said(dispatcher)[0].startswith("South Clinic's FAQ does not say how much one infusion costs.")


def test_an_answer_in_the_middle_has_no_buttons_beside_what_the_form_asks(
    check: Check, dispatcher: CollectingDispatcher
) -> None:
    check("consult_name", "what does it cost?", clinic="south")
    check("consult_name", QUESTION)
    assert [m["buttons"] for m in dispatcher.messages] == [[], []]


def test_a_question_is_a_fine_reason(check: Check, dispatcher: CollectingDispatcher) -> None:
    assert check("consult_reason", QUESTION)["consult_reason"] == QUESTION
    assert said(dispatcher) == []


@pytest.mark.parametrize("slot", ["consult_name", "consult_contact"])
def test_a_question_that_is_not_understood_does_not_become_the_field(check: Check, slot: str) -> None:
    assert check(slot, "do you have trombone umbrellas?")[slot] is None


def test_a_question_for_advice_in_the_middle_does_not_become_the_field(check: Check) -> None:
    checked = check("consult_name", "what does it cost for me?", clinic="south", intent="medical_advice")
    assert checked["consult_name"] is None


@pytest.mark.parametrize("slot", FIELDS)
@pytest.mark.parametrize("text", ["never mind", "Never mind!", "nevermind", "cancel", "STOP", "I changed my mind."])
def test_never_mind_leaves_the_form_from_any_field(
    check: Check, dispatcher: CollectingDispatcher, slot: str, text: str
) -> None:
    assert check(slot, text) == {slot: None, "consult_left": True}
    assert said(dispatcher) == []


@pytest.mark.parametrize("text", ["dont call me", "do not call me"])
def test_do_not_call_me_leaves_the_form(check: Check, text: str) -> None:
    assert check("consult_name", text) == {"consult_name": None, "consult_left": True}


@pytest.mark.parametrize("text", ["don't call me", "Don\u2019t call me!"])
def test_do_not_call_me_with_an_apostrophe_leaves_the_form(check: Check, text: str) -> None:
    assert check("consult_name", text) == {"consult_name": None, "consult_left": True}


def test_three_wrong_contacts_end_the_form_without_anything_stored(
    check: Check, dispatcher: CollectingDispatcher
) -> None:
    tries = 0
    for _ in range(MAX_TRIES - 1):
        checked = check("consult_contact", "trombone", tries=tries)
        assert "consult_left" not in checked
        tries = checked["consult_tries"]
    assert check("consult_contact", "trombone", tries=tries) == {"consult_contact": None, "consult_left": True}
    assert said(dispatcher)[-1] == GAVE_UP
    assert MAX_TRIES == len(said(dispatcher)) == 3


@pytest.mark.parametrize("slot", ["consult_name", "consult_consent"])
def test_giving_up_on_another_field_does_not_speak_of_a_phone_number(
    check: Check, dispatcher: CollectingDispatcher, slot: str
) -> None:
    assert check(slot, "12 12", tries=2)["consult_left"] is True
    assert "phone" not in said(dispatcher)[0]


@pytest.mark.parametrize("text", ["yes", "Yes!", "Y", "ok", "sure", "I agree.", "yes please", "si"])
def test_a_plain_yes_is_consent(check: Check, text: str) -> None:
    assert check("consult_consent", text) == {"consult_consent": True}


def test_a_spanish_yes_with_its_accent_is_consent(check: Check) -> None:
    assert check("consult_consent", "sí") == {"consult_consent": True}


@pytest.mark.parametrize("text", ["no", "No.", "nope", "I do not agree", "no way"])
def test_a_plain_no_leaves_the_form(check: Check, text: str) -> None:
    assert check("consult_consent", text) == {"consult_consent": False, "consult_left": True}


@pytest.mark.parametrize("text", ["maybe", "yes and no", "yes but not by phone", "trombone", "I don't agree", "1"])
def test_what_is_neither_yes_nor_no_is_no_consent(check: Check, dispatcher: CollectingDispatcher, text: str) -> None:
    assert check("consult_consent", text) == {"consult_consent": None, "consult_tries": 1}
    assert said(dispatcher) == ["Please answer yes or no."]


async def test_the_form_asks_for_every_field_until_it_is_left(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    form = ValidateConsultForm()
    assert await form.required_slots([], dispatcher, heard("hi"), {}) == list(FIELDS)
    assert await form.required_slots([], dispatcher, heard("hi", slots={"consult_left": True}), {}) == []


async def test_the_form_as_rasa_runs_it_asks_again_for_a_bad_contact(
    dispatcher: CollectingDispatcher, heard: Heard
) -> None:
    slots = {**dict.fromkeys(FIELDS), "consult_name": "Ana", "requested_slot": "consult_contact"}
    events = [{"event": "slot", "name": "consult_contact", "value": "12345", "timestamp": 1.0}]
    tracker = heard("12345", slots={**slots, "consult_contact": "12345"})
    tracker.events += events
    domain: Any = {"forms": {"consult_form": {"required_slots": list(FIELDS)}}, "slots": {}}
    found = await ValidateConsultForm().run(dispatcher, tracker, domain)
    values = {e["name"]: e["value"] for e in found if e["event"] == "slot"}
    assert values["consult_contact"] is None
    assert values["consult_tries"] == 1
    assert said(dispatcher) == ["I need a phone number with area code, or an email address."]
