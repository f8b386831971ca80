"""The offer of a call back: under each answer on the web, and in words after two declined questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_question import AnswerQuestion
from actions.offering import TWICE

Heard = Callable[..., Tracker]
BUTTON = "Ask staff to contact me"
DECLINED = [
    {"event": "user", "text": "who won the game?"},
    {"event": "bot", "text": "I can only help with ...", "data": {"custom": {"kind": "out_of_scope"}}},
]

pytestmark = pytest.mark.usefixtures("knowledge")


def run(tracker: Tracker) -> tuple[dict[str, Any], dict[str, Any]]:
    """The last message of the answer, and the slots after it."""
    dispatcher = CollectingDispatcher()
    events = AnswerQuestion().run(dispatcher, tracker, {})
    return dispatcher.messages[-1], {e["name"]: e["value"] for e in events}


@pytest.mark.parametrize(("channel", "offered"), [("web", True), ("shell", False), ("sms", False)])
def test_a_button_stands_under_an_answer_on_the_web(heard: Heard, channel: str, offered: bool) -> None:
    message, slots = run(heard("when do i stop eating?", channel=channel))
    assert message["custom"]["kind"] == "answer"
    assert (BUTTON in [b["title"] for b in message["buttons"]]) is offered
    assert slots["offered"] is None, "a plain yes after an answer takes nothing"


def test_a_second_question_in_a_row_that_is_off_topic_gets_the_offer_in_words(heard: Heard) -> None:
    message, slots = run(heard("who is the mayor?", intent="out_of_scope", events=DECLINED))
    assert TWICE in message["text"] and [b["title"] for b in message["buttons"]].count(BUTTON) == 1
    assert slots["offered"] == "consult", "a plain yes takes it"


def test_an_answer_with_a_deferral_was_help(heard: Heard) -> None:
    told = {"kind": "defer", "entries": [{"clinic": "pain-team", "id": "stop-eating"}]}
    events = [{"event": "user", "text": "i ate at 8"}, {"event": "bot", "text": "...", "data": {"custom": told}}]
    message, _ = run(heard("who is the mayor?", intent="out_of_scope", events=events))
    assert TWICE not in message["text"]


def test_the_first_one_does_not(heard: Heard) -> None:
    message, _ = run(heard("who is the mayor?", intent="out_of_scope"))
    assert TWICE not in message["text"]
