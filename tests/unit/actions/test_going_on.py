""" "Tell me more": which messages say it, and what comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_question import AnswerQuestion
from actions.going_on import wants_more

Heard = Callable[..., Tracker]

pytestmark = pytest.mark.usefixtures("knowledge")

ATE = {"last_question": "stop-eating", "given": ["stop"]}


def run(dispatcher: CollectingDispatcher, tracker: Tracker) -> dict[str, Any]:
    """Run the action; the slots that it sets."""
    return {e["name"]: e["value"] for e in AnswerQuestion().run(dispatcher, tracker, {})}


def only(dispatcher: CollectingDispatcher) -> dict[str, Any]:
    """The one message that was said."""
    (message,) = dispatcher.messages
    return message


@pytest.mark.parametrize(
    "text",
    ["MORE", "more please", "Tell me more.", "ok tell me more about it", "go on", "what else?", "anything else?",
     "and what else is there", "can you tell me more about that please", "more info", "yes, tell me more", "continue"],
)  # fmt: skip
def test_the_words_of_more(text: str) -> None:
    assert wants_more(text)


@pytest.mark.parametrize(
    "text",
    ["tell me more about parking", "more pain?", "is it more than $400", "what else should I bring", "no more", "",
     "can I go on vacation", "next appointment"],
)  # fmt: skip
def test_other_words_with_more_in_them(text: str) -> None:
    assert not wants_more(text)


def test_more_is_the_neighbour_of_the_last_answer_under_its_question(
    dispatcher: CollectingDispatcher, heard: Heard
) -> None:
    slots = run(dispatcher, heard("tell me more", slots=ATE))
    message = only(dispatcher)
    assert message["text"] == "Also in the FAQ: What should I wear to my infusion?\nWear short sleeves."
    assert message["custom"]["entries"] == [{"clinic": "north", "id": "wear"}]
    assert message["custom"]["sources"][0]["entry"] == "wear"
    assert (slots["given"], slots["last_question"]) == (["stop", "wear"], "what-to-wear")


def test_when_there_is_no_more_that_is_said(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    slots = run(dispatcher, heard("what else?", slots={**ATE, "given": ["stop", "wear"]}))
    assert only(dispatcher)["text"].startswith("That is all that I found in North Clinic's FAQ on this topic.")
    assert only(dispatcher)["custom"]["kind"] == "no_answer" and slots["offered"] == "consult"


def test_more_of_nothing_asks_of_what(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    run(dispatcher, heard("more"))
    assert only(dispatcher)["text"] == "What would you like to know more about?"
    assert only(dispatcher)["buttons"] == [] and only(dispatcher)["custom"]["entries"] == []


def test_more_never_comes_from_another_clinic(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    run(dispatcher, heard("more", clinic="south", slots=ATE))
    assert only(dispatcher)["custom"]["entries"] == []


def test_other_words_for_more_are_known_by_their_intent(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    run(dispatcher, heard("zebra umbrella", slots=ATE, intent="tell_more"))
    assert only(dispatcher)["custom"]["entries"] == [{"clinic": "north", "id": "wear"}]


def test_a_question_is_answered_though_its_intent_is_more(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    run(dispatcher, heard("price of an infusion", slots=ATE, intent="tell_more"))
    assert only(dispatcher)["text"] == "One infusion costs $400."


def test_what_an_sms_left_out_comes_first(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    slots = run(dispatcher, heard("MORE", channel="sms", slots={**ATE, "left_out": ["price"]}))
    assert only(dispatcher)["text"] == "One infusion costs $400.\n(north FAQ, 2026-11-01)"
    assert (slots["left_out"], slots["given"]) == ([], ["stop", "price"])


def test_an_unbound_conversation_gets_no_more(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    run(dispatcher, heard("more", clinic=None, slots=ATE))
    assert only(dispatcher)["custom"]["kind"] == "error"
