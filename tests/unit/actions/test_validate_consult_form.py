"""validate_consult_form: each field, questions in the middle, and the ways out, back and round."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import consult_context
from actions.validate_consult_form import GAVE_UP, MAX_TRIES, PRIVATE, ValidateConsultForm
from bot.consult.clinics import Clinics
from bot.consult.conversation.steps import FIELDS, SHARE
from bot.consult.model import CONSENT, HISTORY_CONSENT, SMS_CONSENT

Heard = Callable[..., Tracker]
Check = Callable[..., dict[str, Any]]

PHONE = "212-555-0123"
E164 = "+12125550123"
QUESTION = "when do i stop eating?"
ANSWER = "Stop eating 6 hours before your infusion."
GREETED = {"event": "user", "text": "hi", "parse_data": {"intent": {"name": "greet"}}}
BEGUN = {"event": "active_loop", "name": "consult_form"}
SHOWN = [BEGUN, GREETED, {"event": "bot", "text": f"{CONSENT} {HISTORY_CONSENT} {SMS_CONSENT}"}]
ASKED_BEFORE = {"event": "user", "text": QUESTION, "parse_data": {"intent": {"name": "preparation"}}}

pytestmark = pytest.mark.usefixtures("knowledge", "central")


@pytest.fixture
def central(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clinic's clock is known."""
    known = Clinics.parse_obj({"clinics": {"north": {"timezone": "America/Chicago"}}})
    monkeypatch.setattr(consult_context, "consult_clinics", lambda: known)


@pytest.fixture
def check(dispatcher: CollectingDispatcher, heard: Heard) -> Check:
    """Let the form check what the patient wrote for a slot."""

    def validate(slot: str, text: str, *, tries: int = 0, slots: Any = None, **turn: Any) -> dict[str, Any]:
        tracker = heard(text, slots={"requested_slot": slot, "consult_tries": tries, **(slots or {})}, **turn)
        return dict(getattr(ValidateConsultForm(), f"validate_{slot}")(text, dispatcher, tracker, {}))

    return validate


def said(dispatcher: CollectingDispatcher) -> list[str]:
    """The texts that the form said."""
    return [m["text"] for m in dispatcher.messages]


@pytest.mark.parametrize(
    ("slot", "text", "filled"),
    [
        ("consult_name", "  Ana   Ruiz ", {"consult_name": "Ana Ruiz"}),
        ("consult_name", "my name is Ana", {"consult_name": "Ana"}),
        (
            "consult_name",
            f"Ana Ruiz, {PHONE}",
            {"consult_name": "Ana Ruiz", "consult_contact": E164, "consult_how": "call"},
        ),
        ("consult_contact", f"it's {PHONE}", {"consult_contact": E164, "consult_how": "call"}),
        ("consult_contact", f"text me at {PHONE}", {"consult_contact": E164, "consult_how": "text"}),
        ("consult_contact", "ana@example.com", {"consult_contact": "ana@example.com", "consult_how": "email"}),
        (
            "consult_contact",
            f"{PHONE} or ana@example.com",
            {"consult_contact": f"{E164}, ana@example.com", "consult_how": "call"},
        ),
        ("consult_when", "mornings,\nnot Fridays", {"consult_when": "mornings, not Fridays"}),
        ("consult_when", "after 3", {"consult_when": "after 3 (after 3 PM, Central time)"}),
        ("consult_when", "2", {"consult_when": "Weekday mornings"}),
        ("consult_reason", "my back pain", {"consult_reason": "other", "consult_words": "my back pain"}),
        ("consult_reason", "r" * 400, {"consult_reason": "other", "consult_words": "r" * 300}),
        ("consult_reason", "Cost or payment", {"consult_reason": "cost", "consult_words": None}),
        ("consult_reason", "2", {"consult_reason": "scheduling", "consult_words": None}),
        ("consult_words", "no thanks", {"consult_words": ""}),
        ("consult_words", "for my mother", {"consult_words": "for my mother"}),
    ],
)
def test_a_good_field_is_kept_and_nothing_is_said(
    check: Check, dispatcher: CollectingDispatcher, slot: str, text: str, filled: dict[str, Any]
) -> None:
    assert check(slot, text, tries=2) == {**filled, "consult_tries": 0}
    assert said(dispatcher) == []


def test_a_text_message_instead_of_a_call_leaves_the_time_open(check: Check) -> None:
    slots = {"consult_contact": E164, "consult_how": "call"}
    for text in ("4", "text me instead", "Text me instead"):
        assert check("consult_when", text, slots=slots) == {
            "consult_when": None, "consult_how": "text", "consult_tries": 0,
        }  # fmt: skip


def test_a_text_message_to_an_email_address_asks_for_the_contact_again(check: Check) -> None:
    slots = {"consult_contact": "ana@example.com", "consult_how": "email"}
    assert check("consult_when", "text me after 3", slots=slots)["consult_contact"] is None


def test_the_question_asked_before_is_a_reason_that_a_yes_takes(check: Check) -> None:
    checked = check("consult_reason", "yes", slots={"last_question": "stop-eating"})
    assert checked["consult_reason"] in ("preparation", "other") and checked["consult_words"]


@pytest.mark.parametrize(
    ("slot", "text", "sentence"),
    [
        ("consult_name", "123", "Please write the name that staff should ask for."),
        ("consult_name", "ok", "Please write the name that staff should ask for."),
        ("consult_contact", "736-5000", "I need a phone number with area code, or an email address."),
        ("consult_contact", "ana@", "That email address does not look complete. Please write it again."),
        ("consult_when", "  ", "Please write in a few words when staff may reach you."),
        ("consult_reason", "  ", "Please pick one, or write in a few words what it is about."),
        ("consult_consent", "maybe", 'Please answer yes or no, or say what to change, like "change phone".'),
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
    assert dispatcher.messages[0]["buttons"] == []


def test_a_question_as_reason_is_answered_and_kept(check: Check, dispatcher: CollectingDispatcher) -> None:
    assert check("consult_reason", QUESTION)["consult_words"] == QUESTION
    assert said(dispatcher) == [ANSWER]


def test_a_question_that_the_clinic_leaves_open_is_met_with_that(
    check: Check, dispatcher: CollectingDispatcher
) -> None:
    assert check("consult_name", "what does it cost?", clinic="south") == {"consult_name": None}
    assert said(dispatcher)[0].startswith("South Clinic's FAQ does not say how much one infusion costs.")


@pytest.mark.parametrize("slot", ["consult_name", "consult_contact"])
def test_a_question_that_is_not_understood_does_not_become_the_field(check: Check, slot: str) -> None:
    assert check(slot, "do you have trombone umbrellas?")[slot] is None


@pytest.mark.parametrize("slot", FIELDS)
@pytest.mark.parametrize(
    "text", ["never mind", "Never mind!", "cancel", "STOP", "I changed my mind.", "don\u2019t call me"]
)
def test_never_mind_leaves_the_form_from_any_field(
    check: Check, dispatcher: CollectingDispatcher, slot: str, text: str
) -> None:
    assert check(slot, text) == {slot: None, "consult_left": "left"}
    assert said(dispatcher) == []


def test_back_empties_the_field_before(check: Check) -> None:
    slots = {"consult_name": "Ana", "consult_contact": E164, "consult_how": "call"}
    assert check("consult_when", "back", slots=slots)["consult_contact"] is None
    changing = {**slots, "consult_changing": True}
    assert "consult_contact" not in check("consult_consent", "back", slots=changing), "back to the read-back"
    assert check("consult_name", "back") == {"consult_name": None, "consult_changing": None}


@pytest.mark.parametrize("slot", ["consult_when", "consult_reason", "consult_consent"])
def test_a_field_is_changed_from_any_later_one(check: Check, slot: str) -> None:
    assert check(slot, "change my phone number")["consult_contact"] is None
    assert check(slot, f"change phone to {PHONE}")["consult_contact"] == E164


def test_change_asks_which_field_and_empties_it(check: Check) -> None:
    assert check("consult_consent", "change")["consult_changing"] is True
    checked = check("consult_consent", "3", slots={"consult_changing": True})
    assert checked["consult_when"] is None and checked["consult_changing"] is None
    assert check("consult_consent", "phone")["consult_contact"] is None


def test_three_wrong_contacts_end_the_form(check: Check, dispatcher: CollectingDispatcher) -> None:
    tries = 0
    for _ in range(MAX_TRIES - 1):
        tries = check("consult_contact", "trombone", tries=tries)["consult_tries"]
    assert check("consult_contact", "trombone", tries=tries) == {"consult_contact": None, "consult_left": GAVE_UP}


@pytest.mark.parametrize("text", ["yes", "Yes!", "Y", "ok", "sure", "I agree.", "yes please", "si", "sí", "1"])
def test_a_plain_yes_under_the_words_is_consent_and_shares_nothing(check: Check, text: str) -> None:
    checked = check("consult_consent", text, events=[ASKED_BEFORE, *SHOWN])
    assert (checked["consult_consent"], checked["consult_share"]) == (True, False)


@pytest.mark.parametrize("text", ["yes", "1", SHARE])
def test_a_yes_is_no_consent_where_the_words_were_not_shown_just_before(check: Check, text: str) -> None:
    assert check("consult_consent", text, events=[ASKED_BEFORE])["consult_consent"] is None


@pytest.mark.parametrize("text", ["2", SHARE, "share"])
def test_sharing_what_was_asked_is_a_choice_of_its_own(check: Check, text: str) -> None:
    checked = check("consult_consent", text, events=[ASKED_BEFORE, *SHOWN])
    assert (checked["consult_consent"], checked["consult_share"]) == (True, True)


@pytest.mark.parametrize("text", ["no", "No.", "nope", "I do not agree", "no way", "3"])
def test_a_plain_no_leaves_the_form(check: Check, text: str) -> None:
    assert check("consult_consent", text, events=SHOWN)["consult_left"] == "declined"


@pytest.mark.parametrize("text", ["maybe", "yes and no", "yes but not by phone", "trombone", "9"])
def test_what_is_neither_yes_nor_no_is_no_consent(check: Check, text: str) -> None:
    assert check("consult_consent", text, events=SHOWN) == {"consult_consent": None, "consult_tries": 1}


def test_sms_consent_needs_a_yes_and_else_they_call(check: Check) -> None:
    assert check("consult_sms_consent", "yes", events=SHOWN)["consult_sms_consent"] is True
    assert check("consult_sms_consent", "yes")["consult_sms_consent"] is None
    assert check("consult_sms_consent", "no")["consult_how"] == "call"
    thanked = check("consult_sms_consent", "no thanks")
    assert (thanked["consult_how"], "consult_left" in thanked) == ("call", False)
    assert check("consult_sms_consent", "hmm", tries=2)["consult_sms_consent"] is False


@pytest.mark.parametrize("text", ["my ssn is 123-45-6789", "date of birth: April 5, 1980", "member id ABC12345"])
def test_numbers_that_nobody_asks_for_are_refused(check: Check, dispatcher: CollectingDispatcher, text: str) -> None:
    assert check("consult_words", text)["consult_words"] is None
    assert said(dispatcher) == [PRIVATE]


async def test_consent_to_sms_is_asked_only_of_those_who_want_to_be_texted(
    dispatcher: CollectingDispatcher, heard: Heard
) -> None:
    async def asked(**slots: Any) -> list[str]:
        return list(await ValidateConsultForm().required_slots([], dispatcher, heard("hi", slots=slots), {}))

    assert await asked() == [f for f in FIELDS if f != "consult_sms_consent"]
    assert await asked(consult_how="text") == list(FIELDS)
    assert await asked(consult_left="left") == []


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
