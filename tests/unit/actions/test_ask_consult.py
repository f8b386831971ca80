"""The form's questions: what each says, its choices, and how it fits an SMS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import consult_context
from actions.ask_consult_consent import AskConsultConsent
from actions.ask_consult_contact import AskConsultContact
from actions.ask_consult_name import AskConsultName
from actions.ask_consult_reason import AskConsultReason
from actions.ask_consult_sms_consent import AskConsultSmsConsent
from actions.ask_consult_when import AskConsultWhen
from actions.ask_consult_words import AskConsultWords
from actions.asking import GO_ON, PRIVACY_ROOM, WHEN_READY, room
from bot.consult.clinics import Clinics
from bot.consult.conversation.steps import SHARE
from bot.consult.fields import MAX_FIELD
from bot.consult.model import CONSENT, HISTORY_CONSENT, SMS_CONSENT
from bot.safety.help import help_text
from knowledge import gsm7

Heard = Callable[..., Tracker]

SHORT_PRIVACY = [help_text("privacy_short", "sms", language=language) for language in ("en", "es")]
FILLED = {
    "consult_name": "Ana",
    "consult_contact": "+12125550123",
    "consult_how": "call",
    "consult_when": "mornings",
    "consult_reason": "other",
    "consult_words": "back pain",
}
BEGUN = {"event": "active_loop", "name": "consult_form"}
ASKED = {"event": "user", "text": "what does it cost?", "parse_data": {"intent": {"name": "cost"}}}
ACTIONS: list[type[Action]] = [
    AskConsultName,
    AskConsultContact,
    AskConsultWhen,
    AskConsultSmsConsent,
    AskConsultReason,
    AskConsultWords,
    AskConsultConsent,
]

pytestmark = pytest.mark.usefixtures("knowledge", "central")


@pytest.fixture
def central(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clinic's clock is known."""
    known = Clinics.parse_obj({"clinics": {"north": {"timezone": "America/Chicago"}}})
    monkeypatch.setattr(consult_context, "consult_clinics", lambda: known)


def asked(action: type[Action], tracker: Tracker) -> list[dict[str, Any]]:
    """What the action says."""
    dispatcher = CollectingDispatcher()
    assert action().run(dispatcher, tracker, {}) == []
    return list(dispatcher.messages)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("method", ["call", "text", "email"])
def test_every_question_fits_an_sms_and_has_no_buttons_there(heard: Heard, action: type[Action], method: str) -> None:
    slots = {**FILLED, "consult_how": method, "last_question": "infusion-cost"}
    (message,) = asked(action, heard("x", channel="sms", slots=slots, events=[ASKED, BEGUN]))
    assert gsm7.length(message["text"]) <= gsm7.MAX_CHARACTERS and not gsm7.outside(message["text"])
    assert message["buttons"] == [] and message["custom"]["kind"] == "consult"


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("used", [60, 150, 230, 290, 306])
def test_after_an_answer_an_sms_says_no_more_than_there_is_room_for(
    heard: Heard, action: type[Action], used: int
) -> None:
    tracker = heard("x", channel="sms", slots=FILLED, events=[ASKED, BEGUN])
    tracker.events.append({"event": "bot", "text": "a" * used})
    said = sum(gsm7.length(m["text"]) + 1 for m in asked(action, tracker))
    assert used + said <= gsm7.MAX_CHARACTERS or not said


@pytest.mark.parametrize("channel", ["web", "sms", "shell"])
def test_every_field_and_the_exact_words_are_read_back(heard: Heard, channel: str) -> None:
    (message,) = asked(AskConsultConsent, heard("x", channel=channel, slots=FILLED, events=[ASKED, BEGUN]))
    shown = ("Ana", "+12125550123", "mornings", "back pain", CONSENT, HISTORY_CONSENT)
    assert all(value in message["text"] for value in shown)


def test_sharing_is_offered_only_where_something_was_asked(heard: Heard) -> None:
    (message,) = asked(AskConsultConsent, heard("x", slots=FILLED, events=[BEGUN]))
    assert HISTORY_CONSENT not in message["text"]
    assert SHARE not in [b["title"] for b in message["buttons"]]


def test_the_web_reads_the_longest_fields_back_word_for_word(heard: Heard) -> None:
    slots = {**FILLED, "consult_when": "a" * MAX_FIELD, "consult_words": "b" * MAX_FIELD}
    (message,) = asked(AskConsultConsent, heard("x", slots=slots))
    assert "a" * MAX_FIELD in message["text"] and "b" * MAX_FIELD in message["text"]


@pytest.mark.parametrize("sign", ["W", "[", "ë", "😀"])
@pytest.mark.parametrize("contact", ["+12125550123", "a" * 64 + "@" + "b" * 63 + ".example"])
def test_an_sms_with_the_longest_fields_is_two_segments_at_most(heard: Heard, sign: str, contact: str) -> None:
    slots = {
        **FILLED,
        "consult_name": sign * 80,
        "consult_contact": contact,
        "consult_when": sign * MAX_FIELD,
        "consult_words": sign * MAX_FIELD,
    }
    (message,) = asked(AskConsultConsent, heard("x", channel="sms", slots=slots, events=[ASKED, BEGUN]))
    text = message["text"]
    assert gsm7.length(text) <= gsm7.MAX_CHARACTERS and not gsm7.outside(text)
    assert CONSENT in text and HISTORY_CONSENT in text
    assert contact in text or len(contact) > 60


@pytest.mark.parametrize("near", [{"help_given": True}, {}])
def test_an_sms_leaves_room_for_the_line_of_help_that_comes_behind_it(heard: Heard, near: dict[str, bool]) -> None:
    slots = {**FILLED, "consult_when": "w" * MAX_FIELD, "consult_words": "w" * MAX_FIELD, **near}
    tracker = heard("x", channel="sms", slots=slots, events=[ASKED, BEGUN])
    if not near:
        tracker.latest_message["safety"] = {"danger": "crisis", "sure": False}
    (message,) = asked(AskConsultConsent, tracker)
    line = help_text("line", "sms", language="en", country="US")
    assert gsm7.length(f"{message['text']}\n{line}") <= gsm7.MAX_CHARACTERS
    assert CONSENT in message["text"] and HISTORY_CONSENT in message["text"]


@pytest.mark.parametrize("doubt", [False, True])
def test_an_sms_leaves_room_for_the_line_on_privacy_that_comes_behind_it(heard: Heard, doubt: bool) -> None:
    slots = {**FILLED, "consult_when": "w" * MAX_FIELD, "consult_words": "w" * MAX_FIELD, "help_given": doubt}
    tracker = heard("my ssn is 123-45-6789", channel="sms", slots=slots, events=[ASKED, BEGUN])
    (message,) = asked(AskConsultConsent, tracker)
    lines = [max(SHORT_PRIVACY, key=len), *([help_text("line", "sms")] if doubt else [])]
    assert gsm7.length("\n".join([message["text"], *lines])) <= gsm7.MAX_CHARACTERS
    assert all(gsm7.length(line) <= PRIVACY_ROOM for line in SHORT_PRIVACY)


def test_a_phone_that_the_form_asked_for_takes_no_room(heard: Heard) -> None:
    private = {"personal": True, "danger": "none"}
    rooms = {}
    for text in ("my phone is (512) 555-0123", "my ssn is 123-45-6789"):
        tracker = heard(text, channel="sms", events=[ASKED, BEGUN])
        tracker.latest_message["safety"] = private
        rooms[text] = room(tracker)
    assert [*rooms.values()] == [gsm7.MAX_CHARACTERS, gsm7.MAX_CHARACTERS - PRIVACY_ROOM - 1]


@pytest.mark.parametrize("channel", ["web", "sms", "shell"])
def test_consent_to_sms_shows_its_exact_words(heard: Heard, channel: str) -> None:
    (message,) = asked(AskConsultSmsConsent, heard("x", channel=channel))
    assert SMS_CONSENT in message["text"]


def test_the_time_is_asked_in_the_clinics_zone_and_a_text_is_a_choice_where_there_is_a_phone(heard: Heard) -> None:
    (message,) = asked(AskConsultWhen, heard("x", slots=FILLED))
    assert "Central time" in message["text"]
    assert "Text me instead" in [b["title"] for b in message["buttons"]]
    (message,) = asked(AskConsultWhen, heard("x", slots={**FILLED, "consult_how": "email"}))
    assert "Text me instead" not in [b["title"] for b in message["buttons"]]


def test_after_abuse_it_is_asked_when_it_is_safe(heard: Heard) -> None:
    abuse = {"event": "user", "text": "he hits me", "parse_data": {"intent": {"name": "abuse"}}}
    (message,) = asked(AskConsultWhen, heard("x", slots=FILLED, events=[abuse]))
    assert "safe" in message["text"]


def test_after_help_the_form_goes_on_gently(heard: Heard) -> None:
    (message,) = asked(AskConsultName, heard("i want to die", intent="crisis"))
    assert message["text"].startswith(WHEN_READY)


def test_after_a_long_silence_and_an_answer_the_form_says_what_it_is(heard: Heard) -> None:
    tracker = heard("x", events=[{"event": "user", "text": "a", "timestamp": 1000.0}])
    tracker.events[-1]["timestamp"] = 2000.0
    tracker.events.append({"event": "bot", "text": "An answer."})
    (message,) = asked(AskConsultName, tracker)
    assert message["text"].startswith(GO_ON)
