"""Asking back: which choices, in what form, and what a message picks; over all headings that ship."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest

from knowledge import sms
from knowledge.clarify import MAX_CHOICES, ask_back, choices, in_doubt, near_ties, pick, refuses
from knowledge.gsm7 import length
from knowledge.load import load
from knowledge.model import OFF_TOPIC, Answer, Clinic, Knowledge, Place, Question
from knowledge.understood import Candidate, Understood

PLACE = Place("file.md", 1)
PAIN = "How long does an infusion for pain take?"
DEPRESSION = "How long does an infusion for depression take?"
COST = "What does one infusion cost?"


@pytest.fixture(scope="module")
def real() -> Knowledge:
    """The content that ships."""
    return load(Path(__file__).parents[3] / "knowledge")


def question(identifier: str, heading: str = "", *, topic: str = "cost", clinic: str | None = None) -> Question:
    """A question of the catalogue."""
    return Question(identifier, topic, heading or f"About {identifier}?", "clause", (), PLACE, clinic)


def clinic_of(**answers: tuple[str, ...]) -> Clinic:
    """The clinic `north` with answers to the named questions."""
    given = tuple(
        Answer(i, "north", "cost", i, questions, "Text.", "Text.", "FAQ", date(2026, 11, 1), "example", PLACE)
        for i, questions in answers.items()
    )
    return Clinic("north", "North Clinic", "North", "example", "page", None, (), given, PLACE)


NORTH = clinic_of(one=("a", "b"), two=("c",))


# --- which choices


def test_choices_are_the_first_three_in_their_order() -> None:
    rivals = [question(i) for i in "cdefg"]
    assert [q.id for q in choices(rivals, NORTH)] == ["c", "d", "e"]


def test_a_question_that_only_another_clinic_has_is_no_choice() -> None:
    rivals = [question("a", clinic="south"), question("c", clinic="north"), question("d")]
    assert [q.id for q in choices(rivals, NORTH)] == ["c", "d"]


def test_what_is_off_the_topic_is_no_choice_and_one_answer_is_one_choice() -> None:
    rivals = [question("a", topic=OFF_TOPIC), question("a"), question("b"), question("c")]
    assert [q.id for q in choices(rivals, NORTH)] == ["a", "c"]


def test_questions_that_the_clinic_does_not_answer_may_be_choices() -> None:
    assert [q.id for q in choices([question("x"), question("y")], NORTH)] == ["x", "y"]


def understood(text: str, *scores: float, confidence: float = 0.9) -> Understood:
    """A message with candidates `a`, `b`, ... of these scores."""
    candidates = tuple(Candidate(question(i), s) for i, s in zip("abcd", scores, strict=False))
    return Understood(text, candidates[0].question, confidence, True, None, candidates, 0.9)


def test_a_message_of_hardly_a_word_leaves_a_near_tie_open() -> None:
    assert [q.id for q in near_ties(understood("how long is it", 12.1, 12.0, 11.2, 9.0))] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "clear",
    [
        understood("how long is it", 12.1, 10.5),
        understood("how long does the relief last after two weeks", 12.1, 12.0),
        understood("how long is it", 12.1, 12.0, confidence=0.95),
    ],
    ids=["a clear lead", "more words", "sure all the same"],
)
def test_a_clear_message_leaves_no_tie(clear: Understood) -> None:
    assert near_ties(clear) == ()


@pytest.mark.parametrize(
    ("scores", "confidence", "asked"),
    [
        ((12.1, 12.0, 11.2), 0.6, ["a", "c", "x"]),  # three
        ((12.1, 12.0), 0.29, ["a", "c"]),
        ((12.1, 12.0), 0.3, []),  # both are told
        ((12.1, 9.0), 0.29, []),
    ],
)
def test_three_are_asked_back_and_two_where_none_is_sure(
    scores: tuple[float, ...], confidence: float, asked: list[str]
) -> None:
    made = understood("how long is it", *scores, confidence=confidence)
    tied = tuple(Candidate(question(i), s) for i, s in zip("acx", scores, strict=False))
    assert [q.id for q in in_doubt(replace(made, candidates=tied), NORTH, "web")] == asked
    on_sms = ["a", "c"] if scores == (12.1, 12.0) else asked  # no room for two answers
    assert [q.id for q in in_doubt(replace(made, candidates=tied), NORTH, "sms")] == on_sms


# --- the reply


@pytest.mark.parametrize("channel", ["web", "shell"])
def test_choices_are_buttons(channel: str) -> None:
    reply, shown = ask_back([question("a", PAIN), question("b", DEPRESSION)], NORTH, channel)
    (message,) = reply.messages
    assert (reply.kind, reply.questions, reply.entries) == ("clarify", (), ())
    assert message.buttons == (PAIN, DEPRESSION)
    assert [q.id for q in shown] == ["a", "b"]
    assert "Did you mean one of these?" in message.text


def test_an_sms_numbers_the_choices() -> None:
    reply, _ = ask_back([question("a", PAIN), question("b", DEPRESSION), question("c", COST)], NORTH, "sms")
    (message,) = reply.messages
    assert message.buttons == ()
    assert message.text.splitlines() == [
        "Did you mean:", f"1 {PAIN}", f"2 {DEPRESSION}", f"3 {COST}", "Reply 1, 2, 3 or NONE.",
    ]  # fmt: skip


@pytest.mark.parametrize(("channel", "words"), [("web", "yes or no"), ("sms", "YES or NO")])
def test_one_choice_is_a_question_of_yes_or_no(channel: str, words: str) -> None:
    reply, _ = ask_back([question("a", PAIN)], NORTH, channel)
    assert words in reply.messages[0].text
    assert PAIN in (*reply.messages[0].buttons, reply.messages[0].text.splitlines()[0].removeprefix("Did you mean: "))


def test_choices_that_an_sms_has_no_room_for_are_not_offered() -> None:
    asked = [question(i, i * 120) for i in "abc"]
    reply, shown = ask_back(asked, NORTH, "sms")
    assert [q.id for q in shown] == ["a", "b"]
    assert "c" * 120 not in reply.messages[0].text and "Reply 1, 2 or NONE." in reply.messages[0].text


def test_any_three_headings_that_ship_fit_one_sms(real: Knowledge) -> None:
    longest = sorted(real.all_questions(), key=lambda q: -length(q.heading))[:8]
    for clinic in real.clinics:
        for three in combinations([replace(q, clinic=None) for q in longest], MAX_CHOICES):
            reply, shown = ask_back(three, clinic, "sms")
            assert len(shown) == MAX_CHOICES, [q.id for q in three]
            assert sms.fits(reply.messages[0].text)


def test_every_heading_that_ships_is_written_in_the_alphabet_of_sms(real: Knowledge) -> None:
    assert [q.id for q in real.all_questions() if not sms.fits(q.heading)] == []


# --- what a message picks

THREE = (PAIN, DEPRESSION, COST)


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ("1", (0,)),
        (" 2. ", (1,)),
        ("number 3", (2,)),
        ("#2", (1,)),
        ("no. 2", (1,)),
        ("option two", (1,)),
        ("the first one", (0,)),
        ("first", (0,)),
        ("one", (0,)),
        ("2nd pls", (1,)),
        ("yes, the second one", (1,)),
        ("no I meant the third", (2,)),
        ("the last", (2,)),
        ("1 and 3", (0, 2)),
        ("3, 1", (2, 0)),
        ("all three", (0, 1, 2)),
        (PAIN, (0,)),
        (DEPRESSION.lower().rstrip("?"), (1,)),
        ("what dose one infusion cost", (2,)),
        ("the one for depression", (1,)),
        ("depresion", (1,)),
        ("pain", (0,)),
        ("cost", (2,)),
    ],
)
def test_a_choice_is_picked_by_number_place_or_words(text: str, picked: tuple[int, ...]) -> None:
    assert pick(text, THREE) == picked


@pytest.mark.parametrize(
    "text",
    [
        "How long does an infusion for migraines take?",
        "4", "0", "22", "", "yes", "no", "none", "infusion", "how long", "can I drive home?", "what should I wear",
        "1 more question", "is the first infusion the worst", "how much does the pain one cost per hour or by session",
    ],
)  # fmt: skip
def test_anything_else_picks_nothing(text: str) -> None:
    assert pick(text, THREE) == ()


def test_both_are_picked_and_three_of_two_are_not() -> None:
    assert pick("both", THREE[:2]) == (0, 1)
    assert pick("3", THREE[:2]) == ()
    assert pick("1", ()) == ()


def test_each_heading_that_ships_picks_itself_among_its_like(real: Knowledge) -> None:
    for topic in {q.topic for q in real.all_questions()}:
        headings = [q.heading for q in real.all_questions() if q.topic == topic]
        for first in range(0, len(headings) - 2, 2):
            three = headings[first : first + 3]
            assert [pick(h, three) for h in three] == [(0,), (1,), (2,)], three


@pytest.mark.parametrize("text", ["none", "No", "neither", "None of these.", "something else", "no, neither"])
def test_none_of_the_choices_is_a_refusal(text: str) -> None:
    assert refuses(text)


@pytest.mark.parametrize("text", ["1", "yes", "no food before the infusion?", "none left?", ""])
def test_other_words_are_no_refusal(text: str) -> None:
    assert not refuses(text)
