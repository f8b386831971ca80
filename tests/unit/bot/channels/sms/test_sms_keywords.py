"""Which messages are the carriers' keywords, and which are chat."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.sms.incoming import Incoming
from bot.channels.sms.keywords import HELP, START, STOP, control
from bot.channels.sms.turns import control_of


@pytest.mark.parametrize("word", sorted(STOP))
def test_check_14_the_stop_family_in_any_case(word: str) -> None:
    assert {control(w) for w in (word, word.lower(), word.title(), f" {word} \n")} == {"stop"}


def test_check_14_start_and_help() -> None:
    assert {control(w.lower()) for w in START} == {"start"}
    assert {control(w) for w in HELP} == {"help"}
    assert control("yes") is None and control("Yes", opted_out=True) == "start"


@pytest.mark.parametrize(
    "text",
    [
        "please stop texting me", "Stop texting me!", "STOP SENDING ME MESSAGES", "stop.", "Stop!!", "please stop",
        "stop please", "pls stop txting me", "don't text me anymore", "Do not contact me again", "dont message me",
        "no more texts please", "unsubscribe me", "opt out", "opt me out of these texts", "remove me from your list",
        "take me off this list", "take my number off your list please", "I don't want any more texts",
        "i do not want to get these messages", "can you stop texting me", "would you stop sending me these texts",
        "I want you to stop messaging me", "how do i stop these texts", "hi, please stop the messages",
        "i revoke my consent", "deja de enviarme mensajes", "por favor no me escriban mas", "Cancel.", "ok stop it",
    ],
)  # fmt: skip
def test_check_14_a_wish_to_get_no_texts_in_other_words(text: str) -> None:
    assert control(text) == "stop-words"


@pytest.mark.parametrize(
    "text",
    [
        "when do i stop eating?", "can I stop my medicine?", "should i stop taking xanax", "stop eating when",
        "does the pain stop", "i want it to stop", "make it stop", "how do i cancel my appointment",
        "please cancel my appointment", "never mind", "cancel it", "why did you stop texting me",
        "my friends stop texting me", "don't stop texting me", "can i text the clinic", "do you text reminders",
        "what is the end result", "will it end my depression", "start when?", "help me", "i need help", "no",
        "quit smoking", "can i take out of network insurance",
        "how do i get started", "is there a list of medicines", "",
    ],
)  # fmt: skip
def test_ordinary_words_are_chat(text: str) -> None:
    assert control(text) is None


def test_what_the_provider_saw_counts() -> None:
    assert control("basta", provider="STOP") == "stop"


def test_in_danger_words_about_stopping_are_chat() -> None:
    danger = "please stop texting me i want to die"
    assert control(danger) == "stop-words"
    assert control_of(Incoming("s", "+1", "+2", danger)) is None
    assert control_of(Incoming("s", "+1", "+2", "STOP")) == "stop"


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    assert control(text) in {None, "stop", "stop-words", "start", "help"}
