"""The lengths that the batch contract promises, over the entries of all clinics with each combination of lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import cache
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels import room
from bot.channels.safeguard import guarded, with_lines
from bot.channels.sms.compose import compose as paged
from bot.safety.help import help_text
from bot.safety.screen import Verdict
from bot.settings import ROOT
from knowledge import checks, gsm7
from knowledge.clarify import MAX_CHOICES, ask_back
from knowledge.compose import MAX_WEB, also, compose
from knowledge.load import load
from knowledge.model import Answer, Clinic, Knowledge, Question
from knowledge.near import Candidate, Understood
from knowledge.reply import Reply, fixed, framed
from knowledge.understood import Other

CHANNELS = ("web", "sms")
LINES = [  # doubt about danger, personal data, language
    (doubt, private, language)
    for doubt, private, language in product([False, True], [False, True], ["en", "es"])
    if doubt or private or language == "en"
]


@cache
def real() -> Knowledge:
    """The content that ships."""
    return load(ROOT / "knowledge")


CLINICS = real().clinics
QUESTIONS = {q.id: q for q in real().all_questions()}
ENTRIES = [(clinic, answer) for clinic in CLINICS for answer in clinic.answers]
PAIRS = [(clinic, *pair) for clinic in CLINICS for pair in combinations(clinic.answers, 2)]


def asked(question: Question, answer: Answer | None = None, **more: Any) -> Understood:
    """A question as the search hands it over."""
    found = Understood(question.heading, question, 0.9, True, answer, (Candidate(question, 1.0),), 0.9)
    return replace(found, **more)


def of(answer: Answer, **more: Any) -> Understood:
    """The first question that an answer answers."""
    return asked(QUESTIONS[answer.questions[0]], answer, **more)


def beside(answer: Answer) -> Other:
    """An answer that may be meant as well."""
    return Other(QUESTIONS[answer.questions[0]], answer)


def messages(reply: Reply) -> list[dict[str, Any]]:
    """A reply in the shape of the batch contract, as a turn hands it to `with_lines`."""
    return [
        {"text": m.text, "buttons": [{"title": b} for b in m.buttons], "sources": [asdict(s) for s in m.sources]}
        for m in reply.messages
    ]


def read(reply: Reply, channel: str, doubt: bool, private: bool, language: str) -> tuple[str, ...]:
    """All that the patient reads at once, and on SMS the pages that MORE brings."""
    verdict = Verdict(danger="crisis" if doubt else "none", sure=not doubt, personal=private, language=language)
    lines = guarded(reply.kind, verdict, "x", channel, country="US").lines
    made = with_lines(messages(reply), lines, channel)
    if channel != "sms":
        return ("\n".join(m["text"] for m in made),)
    page = paged(made, help_first=False, introduce=False, short="Clinic")
    return (page.text, *page.rest)


def held(reply: Reply, clinic: Clinic, channel: str, *, answers: int = 1, first: str = "") -> None:
    """The reply with each combination of lines keeps its length, and holds what is never dropped and `first`."""
    deferrals = [fixed("advice_line", form, clinic) for form in CHANNELS]
    defers = any(d in m.text for d in deferrals for m in reply.messages)
    for doubt, private, language in LINES:
        text, *later = read(reply, channel, doubt, private, language)
        where = (clinic.id, channel, doubt, private, language, text)
        if channel == "sms":
            assert all(gsm7.length(t) <= gsm7.MAX_CHARACTERS and not gsm7.outside(t) for t in (text, *later)), where
        else:
            assert len(text) <= MAX_WEB * answers, where
        assert any(help_text("line", form, language=language) in text for form in CHANNELS) == doubt, where
        assert defers == any(d in text for d in deferrals), where
        assert first in text, where


def answered(found: Sequence[Understood], clinic: Clinic) -> None:
    """Answers in each channel, with advice and without; the first one stands in each reply."""
    for channel, advice in product(CHANNELS, [False, True]):
        reply = compose(found, clinic, channel, advice=advice)
        told = {answer.id: answer for answer in (*clinic.answers, *(u.answer for u in found if u.answer))}
        first = told[reply.entries[0][1]] if reply.entries else None
        words = "" if first is None else first.sms if channel == "sms" else first.text
        answers = len(reply.messages) - (reply.kind == "defer")
        held(reply, clinic, channel, answers=max(1, answers), first=words)


def test_the_web_gives_the_lines_the_room_that_the_answers_are_composed_to() -> None:
    assert room.MAX_WEB == MAX_WEB


def test_every_entry_alone_with_each_combination_of_lines() -> None:
    for clinic, answer in ENTRIES:
        answered([of(answer)], clinic)
        answered([of(answer, sure=False)], clinic)


def test_an_entry_as_long_as_the_check_lets_it_be() -> None:
    clinic, answer = ENTRIES[0]
    clinic = replace(clinic, short_name="x" * checks.MAX_SHORT_NAME)
    longest = replace(answer, text="w" * checks.MAX_TEXT, sms="s" * checks.MAX_SMS)
    answered([of(longest)], clinic)
    answered([of(longest, sure=False)], clinic)
    answered([of(longest, other=beside(ENTRIES[1][1]))], clinic)
    answered([of(longest), of(replace(longest, id="another"))], clinic)


def test_every_entry_that_the_assistant_brings_up_itself() -> None:
    for (clinic, answer), channel in product(ENTRIES, CHANNELS):
        question = QUESTIONS[answer.questions[0]]
        held(also(question, compose([of(answer)], clinic, channel), clinic, channel), clinic, channel)


@given(st.integers(0, len(PAIRS) - 1), st.booleans())
@settings(max_examples=60, deadline=None)
def test_entries_in_pairs_both_asked_or_one_beside_the_other(pair: int, sure: bool) -> None:
    clinic, first, second = PAIRS[pair]
    for one, two in ((first, second), (second, first)):
        answered([of(one, sure=sure), of(two)], clinic)
        answered([of(one, sure=sure, other=beside(two))], clinic)


def test_the_longest_entries_in_pairs() -> None:
    for clinic in CLINICS:
        longest = sorted(clinic.answers, key=lambda a: -gsm7.length(a.sms))[:8]
        for one, two in combinations(longest, 2):
            answered([of(one), of(two)], clinic)


def test_every_open_question_alone_and_beside_an_entry() -> None:
    for clinic in CLINICS:
        for question, answer in zip([*QUESTIONS.values()][::5], clinic.answers * 2, strict=False):
            for channel, advice in product(CHANNELS, [False, True]):
                held(compose([asked(question)], clinic, channel, advice=advice), clinic, channel)
            answered([asked(question), of(answer)], clinic)


def test_every_choice_of_three_near_questions() -> None:
    ordered = [q for q in QUESTIONS.values() if q.clinic is None]
    for clinic in CLINICS:
        for start in range(0, len(ordered) - MAX_CHOICES, 7):
            for channel in CHANNELS:
                reply, _ = ask_back(ordered[start : start + MAX_CHOICES], clinic, channel)
                held(reply, clinic, channel)


@pytest.mark.parametrize("name", ["not_understood", "out_of_scope", "defer_unknown", "nothing_more", "none_of_these"])
def test_every_fixed_reply(name: str) -> None:
    for clinic, channel in product(CLINICS, CHANNELS):
        held(Reply("no_answer", (framed(name, clinic, channel),)), clinic, channel)


@pytest.mark.parametrize("need", ["spanish", "spanish_defer"])
@pytest.mark.parametrize("channel", CHANNELS)
def test_the_spanish_line(channel: str, need: str) -> None:
    spanish = framed("not_understood", CLINICS[0], channel)
    reply = Reply("no_answer", (replace(spanish, text=help_text(need, channel, language="es")),))
    held(reply, CLINICS[0], channel)


def test_two_answers_and_personal_data_the_second_comes_with_more() -> None:
    clinic, (one, two) = CLINICS[0], sorted(CLINICS[0].answers, key=lambda a: -gsm7.length(a.sms))[20:22]
    reply = compose([of(one), of(two)], clinic, "sms")
    assert one.sms in reply.messages[0].text and two.sms in reply.messages[0].text
    text, later = read(reply, "sms", True, True, "en")
    assert one.sms in text and two.sms not in text and "MORE" in text
    assert two.sms in later


def test_by_sms_what_was_not_understood_gives_way_to_an_answer_and_to_the_line_of_help() -> None:
    clinic = CLINICS[0]
    one, two = [a for a in clinic.answers if gsm7.length(a.sms) < 90][:2]
    reply = compose([of(one, lost=("does the moon matter?",)), of(two)], clinic, "sms")
    assert "does the moon matter?" in reply.messages[0].text
    text, *later = read(reply, "sms", True, False, "en")
    assert one.sms in text and two.sms in text and "988" in text
    assert "does the moon matter?" in "\n".join([text, *later]), "it is gone, and not said with MORE either"
