"""A message cut into the questions that it asks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.leaning import (
    asks_of_what_is_told,
    asks_too,
    asks_why,
    bare,
    conjuncts,
    leans,
    of_the_one_before,
    with_what_is_told,
)
from knowledge.sentences import asks, sentences
from knowledge.split import MAX_QUESTIONS, split


@pytest.mark.parametrize(
    ("message", "questions"),
    [
        ("How long does it take and can I drive home after?", ["How long does it take", "can I drive home after?"]),
        ("When do I stop eating? What does it cost?", ["When do I stop eating?", "What does it cost?"]),
        ("when do i stop eating, how much is it", ["when do i stop eating", "how much is it"]),
        ("what do i wear and also how much is it", ["what do i wear", "how much is it"]),
        ("how long is one, and later on how often do I come?", ["how long is one", "later on how often do I come?"]),
        ("how long is it and roughly what does it cost", ["how long is it", "roughly what does it cost"]),
        ("what will i feel how long till that passes", ["what will i feel", "how long till that passes"]),
        ("what should i wear can my mom come", ["what should i wear", "can my mom come"]),
        ("do u take insurance how much is it and do i need a ride",
         ["do u take insurance", "how much is it", "do i need a ride"]),
        ("My aunt comes with me. She needs to know where she'd sit. Is there wifi?",
         ["She needs to know where she'd sit.", "Is there wifi?"]),
        ("Can I bring my phone and headphones and what should I wear?",
         ["Can I bring my phone and headphones", "what should I wear?"]),
        ("I'm scared. How long does it take? I live alone. Can I drive?", ["How long does it take?", "Can I drive?"]),
        ("What do I pack, and if I forget it all can you lend me things?",
         ["What do I pack", "if I forget it all can you lend me things?"]),
        ("can i go to the bathroom and if not what do i use", ["can i go to the bathroom", "if not what do i use"]),
        ("How much is it, and over how many weeks do I come?", ["How much is it", "over how many weeks do I come?"]),
        ("my pressure is high, is that a problem... and what do i wear?",
         ["my pressure is high, is that a problem.", "and what do i wear?"]),
        ("Is it paid for, and if mine won't, can you help me?", ["Is it paid for", "if mine won't, can you help me?"]),
        ("Would you take me with a weak heart? Also I drink a beer now and then.",
         ["Would you take me with a weak heart?", "Also I drink a beer now and then."]),
        ("two things: - parking, free or not - does my plan pay", ["parking, free or not", "does my plan pay"]),
        ("1) how long is it 2) price?", ["how long is it", "price?"]),
        ("price, ride home, food rules", ["price", "ride home", "food rules"]),
        ("drip length / weeks between?", ["drip length", "weeks between"]),
        ("cost n how long is one", ["cost", "how long is one"]),
        ("will it hurt\nhow long is it", ["will it hurt\u2026", "how long is it"]),
        ("two things.\n- is it a cure\n- is it loud", ["is it a cure", "is it loud"]),
        ("Tell me what it costs and whether I may drive.", ["Tell me what it costs", "whether I may drive."]),
        ("whats the chair like, r the lights harsh", ["whats the chair like", "r the lights harsh"]),
        ("Do you write letters (and do plans pay)?", ["Do you write letters", "and do plans pay)?"]),
        ("is it loud and might I bring earplugs?", ["is it loud", "might I bring earplugs?"]),
        ("Who is that Pavlov on the page. By the way, is it loud?", ["Who is that Pavlov on the page.", "is it loud?"]),
        ("Am I to come early. One more: is it loud?", ["Am I to come early.", "is it loud?"]),
        ("Is it loud, and oh, before I forget, where do I park?", ["Is it loud", "where do I park?"]),
        ("Do I get a gown, and if so is it warm?", ["Do I get a gown", "is it warm?"]),
        ("Is it loud? My aunt also wants to know where to park.",
         ["Is it loud?", "My aunt also wants to know where to park."]),
        ("Is gout a problem? I'd guess my lupus is too.", ["Is gout a problem?", "I'd guess my lupus is too."]),
        ("Is it loud? I'm also scared of fainting there.", ["Is it loud?", "I'm also scared of fainting there."]),
        ("Is it loud? I'd feel calmer if my aunt came along", ["Is it loud?", "I'd feel calmer if my aunt came along"]),
        ("For my log: month the clinic first opened to the public, month it moved",
         ["month the clinic first opened to the public", "month it moved"]),
        ("Is it loud in there, as well as the chance of fainting?", ["Is it loud in there", "the chance of fainting?"]),
        ("I care about what I'd be lying on, and is it loud?", ["I care about what I'd be lying on", "is it loud?"]),
    ],
)  # fmt: skip
def test_each_question_of_a_message_is_found_in_order(message: str, questions: list[str]) -> None:
    assert split(message) == questions


@pytest.mark.parametrize(
    ("message", "question"),
    [
        ("I am scared. What do I wear?", "What do I wear?"),
        ("My mom has CRPS. I was wondering about the price.", "I was wondering about the price."),
        ("What does it cost? Thanks a lot.", "What does it cost?"),
        ("What does it cost? Also thank you.", "What does it cost?"),
        ("I'm worn out - really worn out - what does it cost?", "what does it cost?"),
        ("my back is killing me what does it cost", "what does it cost"),
        ("My mom had a stroke, might she be refused?", "My mom had a stroke, might she be refused?"),
        ("One more question. What does it cost?", "What does it cost?"),
        ("Two worries, what does it cost?", "what does it cost?"),
        ("Pills, diets, yoga, and nothing helped. What does it cost?", "What does it cost?"),
        ("this back is killing me, what does it cost?", "what does it cost?"),
        ("Welder with gout asking. What does it cost?", "What does it cost?"),
        ("What does it cost? Just curious.", "What does it cost?"),
        ("Asking for my uncle. What does it cost?", "What does it cost?"),
        ("What does it cost? I'd guess so too.", "What does it cost?"),
        ("I guess I'd be sleepy too. What does it cost?", "What does it cost?"),
        ("It's for my aunt, who is 80. What does it cost?", "What does it cost?"),
        ("I have gout, can I still come?", "can I still come?"),
        ("Hi, I'm 71, do you have an age limit?", "do you have an age limit?"),
    ],
)
def test_statements_around_a_question_are_left_out(message: str, question: str) -> None:
    assert [q.rstrip(".") for q in split(message)] == [question.rstrip(".")]


@pytest.mark.parametrize(
    "message",
    [
        "what is ketamine",
        "what time of day would i come in",
        "how many times do i have to come",
        "do i need headphones of my own what sort",
        "can you tell me how long it takes",
        "boosters how often",
        "Who gives it, a nurse, a doctor, somebody else?",
        "Can I eat and drink before?",
        "do i need a ride and someone to stay with me",
        "price",
        "infusion price please",
        "???",
        "",
    ],
)
def test_a_single_question_is_left_whole(message: str) -> None:
    assert split(message) == [message]


def test_no_more_than_three_questions_are_taken() -> None:
    found = split("Is it safe? Is it legal? Does it hurt? Is it long?")
    assert found == ["Is it safe?", "Is it legal?", "Does it hurt?"]
    assert len(found) == MAX_QUESTIONS


@settings(deadline=None)
@given(st.text(max_size=80))
def test_a_message_always_gives_something_to_search(message: str) -> None:
    found = split(message)
    assert 1 <= len(found) <= MAX_QUESTIONS
    assert found == [message] or all(part.strip() for part in found)


@pytest.mark.parametrize(
    "text", ["it hurts?", "How much", "ok so can i eat", "wat do i wear", "I don't know if it hurts", "tell me more"]
)
def test_a_question_is_known_by_mark_opening_or_indirect_form(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize("text", ["I am scared.", "My mom has CRPS", "Thanks a lot", "Howard is my name"])
def test_a_statement_is_no_question(text: str) -> None:
    assert not asks(text)


def test_sentences_end_at_marks_and_not_within_numbers() -> None:
    assert sentences("It is $1.50 a day. Really?! ok\nbye") == ["It is $1.50 a day.", "Really?!", "ok", "bye"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who gives it: a nurse or a doctor?", ["Who gives it, a nurse or a doctor?"]),
        ("how much is it - per infusion or for all? thanks", ["how much is it, per infusion or for all?", "thanks"]),
        ("My question: price or plan?", ["My question.", "price or plan?"]),
        ("How long is it: how long, or how many hours?", ["How long is it.", "how long, or how many hours?"]),
    ],
)
def test_answers_that_a_question_offers_stay_with_it(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize("text", ["why?", "and for migraines?", "how much is that?", "What about my dog"])
def test_a_short_message_that_points_back_leans_on_the_question_before(text: str) -> None:
    assert leans(text)


@pytest.mark.parametrize(
    ("text", "for_the_reason"),
    [
        ("why?", True), ("ok but why not", True), ("how come?", True), ("What's the reason for that?", True),
        ("what for", True), ("why so many?", True), ("Why that long", True), ("really?", False), ("and?", False),
        ("why is the drip slow?", False), ("why me", False),
    ],
)  # fmt: skip
def test_a_message_may_ask_for_the_reason_of_what_was_said_and_no_more(text: str, for_the_reason: bool) -> None:
    assert asks_why(text) is for_the_reason
    assert leans(text) or not for_the_reason


@pytest.mark.parametrize(
    "text", ["what should I wear?", "how long does one infusion take", "I worry that it hurts me when it starts"]
)
def test_a_message_that_says_what_it_is_about_leans_on_nothing(text: str) -> None:
    assert not leans(text)


@pytest.mark.parametrize(("text", "says_nothing"), [("why?", True), ("But why not", True), ("why fast?", False)])
def test_a_bare_why_says_nothing_alone(text: str, says_nothing: bool) -> None:
    assert bare(text) is says_nothing


@pytest.mark.parametrize(
    ("message", "halves"),
    [
        ("do you treat lupus and gout?", ["do you treat lupus", "do you treat gout?"]),
        (
            "I have lupus and gout. Is either of them bad?",
            ["I have lupus. Is either of them bad?", "gout. Is either of them bad?"],
        ),
        ("I have lupus and gout. Are these a no?", ["I have lupus. Are these a no?", "gout. Are these a no?"]),
        (
            "I have lupus and gout. Would you treat me?",
            ["I have lupus. Would you treat me?", "gout. Would you treat me?"],
        ),
        ("I saw it all and I am scared. Can one get hooked on these infusions?", []),
        ("She reacted badly and I worry. What will you hook me up to?", []),
        ("do you treat lupus?", []),
        (
            "I have lupus and gout; would you mind the one and the other?",
            ["I have lupus. would you mind the one and the other?", "gout. would you mind the one and the other?"],
        ),
        (
            "My aunt has lupus and I have gout. Is it for her and for me?",
            ["My aunt has lupus. Is it for her and for me?", "I have gout. Is it for her and for me?"],
        ),
    ],
)
def test_two_things_told_are_halves_only_where_the_question_is_about_both(message: str, halves: list[str]) -> None:
    assert conjuncts(message) == halves


def test_a_question_about_both_things_named_is_not_cut_from_them() -> None:
    message = "I have both lupus and gout, do you treat the two of them?"
    assert split(message) == [message]


@pytest.mark.parametrize(
    ("question", "of_it"),
    [
        ("Would I be turned away?", True),
        ("Could this help with that sort of pain?", True),
        ("Are those a problem?", True),
        ("Are people with that helped by the drip?", True),
        ("Would I be out?", True),
        ("Does my smoking count me out?", False),
        ("Can one get hooked on these infusions?", False),
        ("What should I wear to my infusion?", False),
    ],
)
def test_a_question_that_says_nothing_of_its_own_asks_of_what_is_told(question: str, of_it: bool) -> None:
    assert asks_of_what_is_told(question) is of_it


@pytest.mark.parametrize(
    ("text", "parts", "second"),
    [
        ("What is the fee for a visit and then for a drip?", ["What is the fee for a visit", "for a drip?"],
         "What is the fee for a drip?"),
        ("Can I eat before it, or after the drip?", ["Can I eat before it", "after the drip?"], "after the drip?"),
        ("I get fits. Is parking free? Would you treat me?", ["Is parking free?", "Would you treat me?"],
         "I get fits. Would you treat me?"),
        ("I get fits. Is parking free? How much is it?", ["Is parking free?", "How much is it?"], "How much is it?"),
        ("What is the fee for a visit, and what for each drip afterwards?",
         ["What is the fee for a visit", "what for each drip afterwards?"], "What is the fee for each drip?"),
        ("Is it loud? I hope you'd call my aunt. Would you?", ["Is it loud?", "Would you?"],
         "I hope you'd call my aunt. Would you?"),
    ],
)  # fmt: skip
def test_a_second_question_is_read_with_what_it_needs_of_the_words_before_it(
    text: str, parts: list[str], second: str
) -> None:
    assert list(with_what_is_told(text, parts))[1] == (parts[1], second)


def test_questions_told_off_in_words_are_a_list() -> None:
    text = "Got two things on my mind. One, is it loud in there. Two, for low mood how many visits."
    assert split(text) == ["is it loud in there.", "for low mood how many visits."]
    assert split("Is one, two or three visits the rule?") == ["Is one, two or three visits the rule?"]


def test_which_behind_a_question_is_no_question_of_its_own() -> None:
    assert split("Is it quiet? Noise bothers me, which is a long story. Do I need a ride?") == [
        "Is it quiet?",
        "Do I need a ride?",
    ]
    assert split("Do you pair it with counselling, and which? Also, when do I pay?") == [
        "Do you pair it with counselling",
        "when do I pay?",
    ]


@pytest.mark.parametrize(
    ("sentence", "asked"),
    [
        ("I take it gout does as well.", True),
        ("But I'm hoping the same goes for lupus", True),
        ("I suppose they would be too.", False),
        ("I guess my aunt drives me.", False),
        ("My doctor thinks gout does too.", False),
        ("I think my aunt paid hers by card too.", False),
    ],
)
def test_that_the_same_holds_of_another_thing_is_asked(sentence: str, asked: bool) -> None:
    assert asks_too(sentence) is asked


@pytest.mark.parametrize(
    ("part", "points"),
    [
        ("And is there an end to it?", True),
        ("how do you treat them", True),
        ("And when is that?", True),
        ("has anyone had relief that stayed?", False),
        ("what should I wear?", False),
    ],
)
def test_a_second_question_may_point_to_the_thing_of_the_first(part: str, points: bool) -> None:
    assert of_the_one_before(part) is points


def test_an_ache_told_before_a_question_is_no_question() -> None:
    assert split("My back hurts, what should I wear?") == ["what should I wear?"]
