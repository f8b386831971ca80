"""What the verdict adds to a reply: the line of help, the line on privacy, and room for them on SMS."""

from __future__ import annotations

import pytest

from bot.channels.room import Line
from bot.channels.safeguard import Guarded, guarded, kind_of, with_lines
from bot.safety.help import help_text
from bot.safety.screen import Verdict
from knowledge import gsm7

SHORT_PRIVACY = help_text("privacy_short", "sms")
CALM, DOUBT = Verdict(), Verdict(danger="crisis", sure=False)
PRIVATE = Verdict(personal=True)


def message(text: str) -> dict[str, object]:
    return {"text": text, "buttons": [], "sources": []}


def said(done: Guarded) -> list[str]:
    """The lines in their long form."""
    return [line.text for line in done.lines]


def test_a_plain_reply_is_left_alone() -> None:
    done = guarded("answer", CALM, "how much", "web", country="US")
    assert (done.kind, done.lines) == ("answer", ())


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_a_doubt_keeps_the_answer_and_adds_the_line_of_help(channel: str) -> None:
    done = guarded("answer", DOUBT, "x", channel, country="US")
    assert done.kind == "answer"
    assert said(done) == [help_text("line", channel)]


def test_after_a_crisis_the_line_stays_beside_the_answers() -> None:
    assert said(guarded("answer", CALM, "x", "web", country="US", after_crisis=True)) == [help_text("line", "web")]


def test_personal_data_gets_the_line_on_privacy_and_an_answer_stays_an_answer() -> None:
    assert guarded("answer", PRIVATE, "x", "web", country="US").kind == "answer"
    assert guarded("no_answer", PRIVATE, "x", "web", country="US").kind == "privacy"
    assert said(guarded("no_answer", PRIVATE, "x", "web", country="US")) == [help_text("privacy", "web")]


def test_the_consult_form_may_be_told_a_phone_but_no_social_security_number() -> None:
    assert guarded("consult", PRIVATE, "(512) 555-0123", "web", country="US").lines == ()
    assert guarded("consult", PRIVATE, "000-12-3456", "web", country="US").lines != ()


@pytest.mark.parametrize("danger", ["crisis", "crisis_other", "abuse", "harm_others"])
def test_every_danger_but_an_emergency_is_of_the_kind_crisis(danger: str) -> None:
    assert kind_of(danger) == "crisis"
    assert kind_of("emergency") == "emergency"


def lines(*names: str, channel: str) -> list[Line]:
    """The lines of these names."""
    short = {"privacy": SHORT_PRIVACY, "line": help_text("line", "sms")}
    return [Line(name, help_text(name, channel), short[name]) for name in names]


def answered(*texts: str) -> dict[str, object]:
    """An SMS of as many answers, with the source beneath."""
    return {"text": "\n".join([*texts, SOURCE]), "buttons": [], "sources": [{"entry": t} for t in texts]}


SOURCE = "(North FAQ, 2026-11-22)"
HELP, PRIVACY = help_text("line", "sms"), help_text("privacy", "sms")


def test_on_the_web_each_line_is_a_message_of_its_own() -> None:
    both = lines("privacy", "line", channel="web")
    assert [m["text"] for m in with_lines([message("a")], both, "web")] == ["a", *(line.text for line in both)]


def test_on_the_web_the_form_s_question_takes_no_room_from_the_answer() -> None:
    said = [message("a" * 300), {**message("Is this right?" * 50), "asked": True}]
    both = lines("privacy", "line", channel="web")
    assert with_lines(said, both, "web")[2:] == [message(line.text) for line in both]


def test_on_the_web_the_other_answer_gives_way_with_its_source_before_the_lines_do() -> None:
    text = f'{"a" * 200}\nIf you mean "What about b?":\n{"b" * 200}'
    reply = {"text": text, "buttons": [], "sources": [{"entry": "a"}, {"entry": "b"}]}
    first, *rest = with_lines([reply], lines("privacy", "line", channel="web"), "web")
    assert (first["text"], first["sources"]) == ("a" * 200, [{"entry": "a"}])
    assert [m["text"] for m in rest] == [help_text("privacy", "web"), help_text("line", "web")]


@pytest.mark.parametrize(("length", "shown"), [(150, True), (260, False)])
def test_on_sms_the_source_makes_room_for_the_line(length: int, shown: bool) -> None:
    (made,) = with_lines([answered("x" * length)], lines("line", channel="sms"), "sms")
    assert made["text"].startswith("x" * length) and HELP in made["text"]
    assert (SOURCE in made["text"]) is shown
    assert gsm7.length(made["text"]) <= gsm7.MAX_CHARACTERS


def test_on_sms_the_date_of_the_source_gives_way_before_the_source() -> None:
    (made,) = with_lines([answered("x" * 248)], lines("line", channel="sms"), "sms")
    assert made["text"].splitlines() == ["x" * 248, HELP, "(North FAQ)"]


@pytest.mark.parametrize(("length", "privacy"), [(80, PRIVACY), (200, SHORT_PRIVACY)])
def test_on_sms_the_long_form_of_the_line_on_privacy_gives_way(length: int, privacy: str) -> None:
    (made,) = with_lines([answered("x" * length)], lines("privacy", channel="sms"), "sms")
    assert made["text"].splitlines() == ["x" * length, privacy, SOURCE]


def test_on_sms_the_second_answer_comes_with_more_and_brings_its_source() -> None:
    first, later = with_lines([answered("a" * 120, "b" * 120)], lines("privacy", channel="sms"), "sms")
    assert first["text"].splitlines() == ["a" * 120, SHORT_PRIVACY, SOURCE]
    assert later["text"] == "b" * 120
    assert (first["sources"], later["sources"]) == ([{"entry": "a" * 120}], [{"entry": "b" * 120}])


def test_on_sms_an_open_question_gives_way_before_an_answer() -> None:
    open_one = f"North's FAQ does not say {'o' * 120}."
    reply = {"text": "\n".join([open_one, "a" * 120, SOURCE]), "buttons": [], "sources": [{"entry": "a"}]}
    first, later = with_lines([reply], lines("privacy", channel="sms"), "sms")
    assert first["text"].startswith("a" * 120) and first["sources"] == [{"entry": "a"}]
    assert later["text"] == open_one


def test_on_sms_how_to_choose_stays_beneath_the_choices_that_have_room() -> None:
    choices = [f"{n} What about {'x' * 64}?" for n in (1, 2, 3)]
    asked = message("\n".join(["Did you mean:", *choices, "Reply 1, 2, 3 or NONE."]))
    first, later = with_lines([asked], lines("line", channel="sms"), "sms")
    assert first["text"].splitlines() == ["Did you mean:", *choices[:2], "Reply 1, 2, 3 or NONE.", HELP]
    assert later["text"] == choices[2]
