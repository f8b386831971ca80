"""What stands around a question is left out, whatever it is; what asks or tells something stays."""

from __future__ import annotations

import time
from itertools import product

import pytest

from knowledge.courtesy import stripped
from knowledge.text import without_courtesy

QUESTION = "how long does it take?"
BEFORE = (
    "",
    "Hi, ",
    "hello there! ",
    "Hey ",
    "Good morning. ",
    "ok, so, um, ",
    "Quick question: ",
    "I have two questions. ",
    "Just wondering, ",
    "Can you tell me: ",
    "Could someone help me with this? ",
    "Sorry to bother you. ",
    "Hi! Hope you are well. ",
    "I'm new here. ",
    "Thanks. ",
    "Oh, ",
    "ok great, ",
    "yo, ",
    "Alright so, ",
    "Also, ",
    "Hi\n",
    "\U0001f64f ",
)
BEHIND = (
    "",
    " thanks",
    " Thank you so much!",
    "\nThanks,\nSam",
    " ty",
    " Ty!",
    " tysm!!",
    " pls and ty",
    " please and thank you",
    " thank u",
    " please",
    " Need to know asap.",
    " Please let me know.",
    " Any help would be appreciated. Thanks in advance!",
    " \U0001f64f",
)


@pytest.mark.parametrize(("before", "behind"), product(BEFORE, BEHIND))
def test_whatever_stands_around_it_the_question_is_left(before: str, behind: str) -> None:
    assert stripped(before + QUESTION + behind) == QUESTION


@pytest.mark.parametrize(
    "text",
    [
        "Can you tell me how much it is?",
        "I need to know the price asap",
        "Please let me know the price",
        "hiccups afterwards?",
        "well water is safe?",
        "so how long is it",
        "please call me",
        "I was wondering if it is safe",
        "do you help me out of the chair",
        "Questions I should bring?",
        "can i bring my son Ty",
        "great pain in my leg, what then?",
        "is it like being party ty-dyed",
    ],
)
def test_what_asks_or_tells_something_stays(text: str) -> None:
    assert stripped(text) == text


@pytest.mark.parametrize(
    "text", ["hi", "hello, thanks!", "Can you help me?", "thank you", "ok thank you", "Good morning"]
)
def test_a_message_of_nothing_else_stays_as_it_is(text: str) -> None:
    assert without_courtesy(text) == text


def test_a_follow_up_is_bare_again_without_what_stands_before_it() -> None:
    assert without_courtesy("ok, why?") == "why?"


def test_a_question_without_its_mark_gets_it_back_from_what_stood_behind_it() -> None:
    assert stripped("how much is it, please?") == "how much is it?"
    assert stripped("how much is it thanks") == "how much is it"


@pytest.mark.parametrize(
    "text",
    ["x" + " " * 1998 + "x", "x" + "!" * 1998 + "x", "- " * 1000, "x" + " thanks" * 280, "just " * 400, "\n" * 2000],
)
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    stripped(text)
    assert time.process_time() - began < 0.1
