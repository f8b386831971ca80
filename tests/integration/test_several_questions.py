"""Messages of several sentences on the clinics' real content: what points to what is told before it."""

from __future__ import annotations

import pytest

from actions.services import knowledge_service


def asked(text: str, clinic: str) -> list[str]:
    """The questions understood in a message, by id."""
    return [u.question.id for u in knowledge_service().search().understand(text, clinic) if u.known]


@pytest.mark.parametrize(
    "text",
    [
        "do u do the nose spray (spravato) n how much",
        "Do you offer Spravato, and what does that cost?",
        "do you have lidocaine infusions and how much is it",
    ],
)
def test_the_price_of_what_the_faq_does_not_speak_of_is_not_told_by_another_price(text: str) -> None:
    found = knowledge_service().search().understand(text, "ketamine-guide")
    assert len(found) == 1
    assert found[0].answer is None


def test_the_price_beside_a_case_that_the_faq_does_not_speak_of_is_told() -> None:
    for text in (
        "can I still come with high blood pressure? and what does it cost",
        "I have high blood pressure, can I still come? And what does it cost?",
    ):
        assert asked(text, "pain-team") == ["high-blood-pressure", "price-general"]


def test_the_price_beside_what_the_faq_answers_is_told() -> None:
    assert asked("how long does one infusion take and how much is it", "ketamine-guide") == [
        "infusion-length",
        "price-general",
    ]


def test_what_is_told_before_it_says_what_a_question_is_about() -> None:
    assert asked("I have seizures once in a while. Is this off the table for me?", "monarch-pain") == [
        "seizures-epilepsy"
    ]


def test_where_the_whole_is_heard_as_one_half_each_half_speaks_for_itself() -> None:
    assert asked("can I bring my sister and my emotional support dog", "pain-team") == [
        "companion-in-room",
        "support-animal",
    ]


def test_a_part_that_is_not_understood_is_told_beside_what_was() -> None:
    text = "How much is one infusion? And which zodiac signs make the glorbish wobble?"
    found = knowledge_service().search().understand(text, "ketamine-guide")
    assert [u.question.id for u in found] == ["price-per-infusion"]
    assert found[0].lost == ("And which zodiac signs make the glorbish wobble?",)
    numbered = "How much is one infusion? Do glorbish zodiacs call 555 0100?"
    said_back = knowledge_service().search().understand(numbered, "ketamine-guide")
    assert said_back[0].lost == ()  # a number may be somebody's


def test_a_second_thing_without_a_verb_is_asked_with_the_words_of_the_first() -> None:
    assert asked("How much do you charge for the consult and then for an infusion?", "ketamine-guide") == [
        "price-consultation",
        "price-per-infusion",
    ]


@pytest.mark.parametrize(
    ("text", "clinic", "questions"),
    [
        (
            "Does a nurse or a physician talk with me on the first call? And how many minutes does it go on?",
            "virginia-infusion",
            ["consultation-who", "consultation-length"],
        ),
        (
            "What is the fee for the first consult? And for each infusion after it?",
            "ketamine-guide",
            ["price-consultation", "price-per-infusion"],
        ),
    ],
)
def test_a_second_question_that_points_to_the_first_is_read_with_it(
    text: str, clinic: str, questions: list[str]
) -> None:
    assert asked(text, clinic) == questions


def test_a_second_question_that_is_clear_by_itself_is_not_read_with_the_first() -> None:
    assert asked("How long does one infusion take? Does it hurt my bladder?", "monarch-pain") == [
        "infusion-length",
        "bladder-damage",
    ]


@pytest.mark.parametrize(
    ("text", "clinic", "named"),
    [
        ("I've got fibro, my sister gets migraines a lot. Could it help either of us?", "ketamine-guide", "migraine"),
        ("She is expecting and his blood pressure is out of control. Would you treat them?", "pain-team", "pregnancy"),
        ("I am 20 weeks pregnant, and I once had a bad reaction to ketamine", "infusion-therapeutix", "pregnancy"),
    ],
)
def test_each_illness_and_hindrance_that_is_named_is_answered(text: str, clinic: str, named: str) -> None:
    found = asked(text, clinic)
    assert named in found and len(found) > 1


@pytest.mark.parametrize(
    "text", ["I have high blood pressure and my son drives me. What does it cost?", "I have gout. What should I wear?"]
)
def test_an_illness_told_beside_a_question_on_something_else_adds_nothing(text: str) -> None:
    search = knowledge_service().search()
    found = search.understand(text, "pain-team")
    assert [u.question.id for u in found] == [
        u.question.id for u in search._understand(text, search.clinic("pain-team"))
    ]
