"""Conversations through both servers, as a patient has them."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bot.consult.filters import Filter
from bot.consult.queue import StaffQueue
from bot.consult.records import StoredRequest
from bot.consult_setup import open_store
from bot.settings import Settings
from knowledge import gsm7

pytestmark = pytest.mark.e2e

FASTING = "how long before my infusion do I stop eating?"


def stored(run_settings: Settings) -> list[StoredRequest]:
    """The consult requests in the database, oldest first."""
    found = StaffQueue(open_store(run_settings).database, actor="test", clinics=None).list(Filter(), limit=1000)
    return sorted(found, key=lambda request: request.created_at)


@pytest.mark.parametrize("channel", ["web", "shell", "sms"])
@pytest.mark.parametrize(
    ("clinic", "hours", "other"), [("pain-team", "6 hours", "4"), ("virginia-infusion", "4 hours", "6")]
)
def test_each_clinic_gives_its_own_fasting_hours_with_source(
    talk: Any, channel: str, clinic: str, hours: str, other: str
) -> None:
    reply = talk(FASTING, clinic=clinic, channel=channel)[0]
    assert reply["kind"] == "answer"
    assert hours in reply["text"] and f"{other} hours" not in reply["text"]
    assert reply["messages"][0]["sources"][0]["clinic"] == clinic
    assert reply["entries"][0]["clinic"] == clinic
    assert "2026-" in reply["text"]
    if channel == "sms":
        assert gsm7.length(reply["text"]) <= gsm7.MAX_CHARACTERS and not gsm7.outside(reply["text"])


@pytest.mark.parametrize("channel", ["web", "shell", "sms"])
def test_a_clinic_whose_faq_is_silent_says_so_and_offers_a_person(talk: Any, channel: str) -> None:
    reply = talk(FASTING, clinic="infusion-therapeutix", channel=channel)[0]
    assert reply["kind"] == "no_answer" and reply["entries"] == []
    assert "does not say how long" in reply["text"] and "eating" in reply["text"]
    assert "contact" in reply["text"].lower()


def test_two_questions_in_one_message_are_both_answered(talk: Any) -> None:
    reply = talk("How long before do I stop eating, and can I take an Uber home?")[0]
    assert {q["id"] for q in reply["questions"]} == {"stop-eating-solids", "rideshare-home"}
    assert "6 hours" in reply["text"] and "Lyft" in reply["text"]


@pytest.mark.parametrize("channel", ["web", "shell", "sms"])
def test_a_follow_up_is_understood_from_the_question_before(talk: Any, channel: str) -> None:
    replies = talk(FASTING, "why?", "and coffee?", channel=channel)
    assert [r["questions"][0]["id"] for r in replies] == ["stop-eating-solids", "why-fasting", "coffee-before"]
    assert [r["kind"] for r in replies] == ["answer"] * 3


def test_a_bare_why_in_a_new_conversation_is_not_answered_from_another(talk: Any) -> None:
    talk(FASTING)
    assert talk("why?")[0]["entries"] == []


def test_consult_request_is_read_back_and_stored_once(talk: Any, run_settings: Settings) -> None:
    before = len(stored(run_settings))
    replies = talk(
        "can someone call me",
        "Jane Example",
        "(415) 555-2671",
        "tomorrow after 3",
        "the price of a series",
        "yes",
    )
    assert [r["kind"] for r in replies] == ["consult"] * 6
    summary = replies[4]["text"]
    assert all(part in summary for part in ("Jane Example", "+14155552671", "tomorrow after 3", "price of a series"))
    assert "after 3 PM, Central time" in summary, "the time as it was understood, on the clinic's clock"
    requests = stored(run_settings)
    assert len(requests) == before + 1
    assert requests[-1].public_id in replies[5]["text"]
    assert requests[-1].clinic == "pain-team" and requests[-1].latest.phone == "+14155552671"


def test_a_question_in_the_middle_of_the_form_is_answered_and_the_form_goes_on(talk: Any) -> None:
    replies = talk("contact me", "what should I wear?", "Jane Example", "how much is it?", "jane@example.org")
    assert replies[1]["kind"] == "answer" and "sleeves" in replies[1]["text"]
    assert "What name" in replies[1]["messages"][-1]["text"]
    assert "phone number" in replies[2]["text"]
    assert replies[3]["kind"] == "answer" and "phone number" in replies[3]["messages"][-1]["text"]
    assert "good time" in replies[4]["text"]


@pytest.mark.parametrize("leave_at", range(1, 6))
def test_never_mind_leaves_the_form_at_each_step_and_nothing_is_stored(
    talk: Any, run_settings: Settings, leave_at: int
) -> None:
    before = len(stored(run_settings))
    steps = ["contact me", "Jane Example", "jane@example.org", "mornings", "cost"]
    replies = talk(*steps[:leave_at], "never mind", "how much is it?")
    assert "stored nothing" in replies[-2]["text"]
    assert replies[-1]["kind"] == "answer"
    assert len(stored(run_settings)) == before


def test_declined_consent_stores_nothing(talk: Any, run_settings: Settings) -> None:
    before = len(stored(run_settings))
    replies = talk("contact me", "Jane Example", "jane@example.org", "mornings", "cost", "no")
    assert "stored nothing" in replies[-1]["text"]
    assert len(stored(run_settings)) == before


@pytest.mark.parametrize("channel", ["web", "shell", "sms"])
def test_crisis_in_the_middle_of_the_form_gets_help_first_and_the_form_is_kept(talk: Any, channel: str) -> None:
    replies = talk("contact me", "i dont want to live anymore", "Jane Example", channel=channel)
    first = replies[1]["messages"][0]["text"]
    assert replies[1]["kind"] == "crisis" and "988" in first and "911" in first
    assert "phone number" in replies[2]["text"], "the crisis words were not taken as the name"


def test_yes_after_an_offer_begins_the_consult_request(talk: Any) -> None:
    replies = talk("do you have parking?", "yes")
    assert replies[0]["kind"] == "no_answer"
    assert replies[1]["kind"] == "consult" and "What name" in replies[1]["text"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "out_of_scope"),
        ("   \n ", "out_of_scope"),
        ("x" * 10_000, "out_of_scope"),
        ("\U0001f600\U0001f600", "out_of_scope"),
        ("\x00\x07\x1b[31m", None),
        ("<script>alert(1)</script> how much is it?", "answer"),
        ("/restart", None),
        ('/request_consult{"consent":"true"}', None),
        ("/", "out_of_scope"),
        ("сколько стоит инфузия", None),
        ("注射多少钱", None),
        ("'; DROP TABLE consult_requests; --", None),
    ],
)
def test_odd_input_gets_a_reply_and_harms_nothing(talk: Any, text: str, kind: str | None) -> None:
    replies = talk(text, FASTING)
    assert replies[0]["text"].strip()
    assert replies[0]["kind"] != "error"
    if kind:
        assert replies[0]["kind"] == kind
    assert "6 hours" in replies[1]["text"], "the conversation goes on"


def test_the_same_message_twice_is_answered_twice_alike(talk: Any) -> None:
    replies = talk(FASTING, FASTING)
    assert replies[0]["text"] == replies[1]["text"]


def test_a_danger_in_a_message_too_long_to_read_still_gets_help(talk: Any) -> None:
    reply = talk("i want to die " + "x" * 9_000)[0]
    assert reply["kind"] == "crisis" and "988" in reply["text"]


def test_two_conversations_at_two_clinics_never_mix(talk: Any) -> None:
    for _ in range(3):
        assert "6 hours" in talk(FASTING, clinic="pain-team")[0]["text"]
        assert "4 hours" in talk(FASTING, clinic="virginia-infusion")[0]["text"]


def test_a_turn_is_quick(talk: Any) -> None:
    talk(FASTING)
    started = time.monotonic()
    talk(*[FASTING] * 10)
    assert (time.monotonic() - started) / 10 < 0.5
