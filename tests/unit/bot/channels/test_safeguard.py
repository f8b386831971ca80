"""What the verdict adds to a reply: the line of help, the line on privacy, and room for them on SMS."""

from __future__ import annotations

import pytest

from bot.channels.safeguard import guarded, kind_of, with_lines
from bot.safety.help import help_text
from bot.safety.screen import Verdict
from knowledge import gsm7

CALM, DOUBT = Verdict(), Verdict(danger="crisis", sure=False)
PRIVATE = Verdict(personal=True)


def message(text: str) -> dict[str, object]:
    return {"text": text, "buttons": [], "sources": []}


def test_a_plain_reply_is_left_alone() -> None:
    done = guarded("answer", CALM, "how much", "web", country="US")
    assert (done.kind, done.lines) == ("answer", ())


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_a_doubt_keeps_the_answer_and_adds_the_line_of_help(channel: str) -> None:
    done = guarded("answer", DOUBT, "x", channel, country="US")
    assert done.kind == "answer"
    assert done.lines == (help_text("line", channel),)


def test_after_a_crisis_the_line_stays_beside_the_answers() -> None:
    assert guarded("answer", CALM, "x", "web", country="US", after_crisis=True).lines == (help_text("line", "web"),)


def test_personal_data_gets_the_line_on_privacy_and_an_answer_stays_an_answer() -> None:
    assert guarded("answer", PRIVATE, "x", "web", country="US").kind == "answer"
    assert guarded("no_answer", PRIVATE, "x", "web", country="US").kind == "privacy"
    assert guarded("no_answer", PRIVATE, "x", "web", country="US").lines == (help_text("privacy", "web"),)


def test_the_consult_form_may_be_told_a_phone_but_no_social_security_number() -> None:
    assert guarded("consult", PRIVATE, "(512) 555-0123", "web", country="US").lines == ()
    assert guarded("consult", PRIVATE, "000-12-3456", "web", country="US").lines != ()


@pytest.mark.parametrize("danger", ["crisis", "crisis_other", "abuse", "harm_others"])
def test_every_danger_but_an_emergency_is_of_the_kind_crisis(danger: str) -> None:
    assert kind_of(danger) == "crisis"
    assert kind_of("emergency") == "emergency"


def test_on_the_web_each_line_is_a_message_of_its_own() -> None:
    assert [m["text"] for m in with_lines([message("a")], ["b", "c"], "web")] == ["a", "b", "c"]


@pytest.mark.parametrize(("length", "kept"), [(40, True), (240, False)])
def test_on_sms_the_source_makes_room_for_the_line(length: int, kept: bool) -> None:
    line = help_text("line", "sms")
    made = with_lines([message("x" * length + "\n(Clinic FAQ, 2026-11-22)")], [line], "sms")
    text = str(made[0]["text"])
    assert len(made) == 1
    assert line in text
    assert ("(Clinic FAQ" in text) is kept
    assert gsm7.length(text) <= gsm7.MAX_CHARACTERS
