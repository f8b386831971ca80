"""What is remembered between two messages, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.memory import CONSULT, Asked, Memory
from knowledge.reply import Message, Reply

Heard = Callable[..., Tracker]

CHOICES = {"questions": ["a", "b"], "text": "how long"}


def slots(events: list[Any]) -> dict[str, Any]:
    """The slots that events set."""
    return {e["name"]: e["value"] for e in events}


def reply(kind: str, *questions: str, entries: tuple[str, ...] = (), left_out: tuple[str, ...] = ()) -> Reply:
    """A reply of one word."""
    scored = tuple((q, 1.0) for q in questions)
    return Reply(kind, (Message("Word."),), scored, tuple(("north", e) for e in entries), left_out)


def test_the_offer_and_the_choices_of_the_reply_just_before_are_remembered(heard: Heard) -> None:
    memory = Memory.of(heard("yes", before={"offered": CONSULT, "choices": CHOICES}))
    assert memory.offered == CONSULT
    assert memory.asked == Asked(("a", "b"), "how long")


def test_with_a_turn_in_between_they_are_not(heard: Heard) -> None:
    set_then = [
        {"event": "user", "text": "parking?"},
        {"event": "slot", "name": "offered", "value": CONSULT},
        {"event": "slot", "name": "choices", "value": CHOICES},
        {"event": "user", "text": "hello"},
        {"event": "bot", "text": "Hello!", "metadata": {"utter_action": "utter_greet"}},
    ]
    memory = Memory.of(heard("yes", slots={"offered": CONSULT, "choices": CHOICES}, events=set_then))
    assert (memory.offered, memory.asked) == ("", None)


def test_what_the_reply_took_back_is_forgotten(heard: Heard) -> None:
    twice = [
        {"event": "slot", "name": "offered", "value": CONSULT},
        {"event": "slot", "name": "offered", "value": None},
    ]
    tracker = heard("yes", slots={"offered": CONSULT}, events=[{"event": "user", "text": "x"}, *twice])
    assert Memory.of(tracker).offered == ""


@pytest.mark.parametrize(
    ("utterance", "offered"), [("utter_complaint", CONSULT), ("utter_bot_challenge", CONSULT), ("utter_greet", "")]
)
def test_fixed_replies_that_offer_a_person_do_offer(heard: Heard, utterance: str, offered: str) -> None:
    said = [{"event": "user", "text": "x"}, {"event": "bot", "text": "...", "metadata": {"utter_action": utterance}}]
    assert Memory.of(heard("yes", events=said)).offered == offered


def test_a_new_conversation_remembers_nothing(heard: Heard) -> None:
    assert Memory.of(heard("yes")) == Memory()


@pytest.mark.parametrize(("kind", "offered"), [("no_answer", CONSULT), ("defer", CONSULT), ("answer", None)])
def test_after_a_reply_that_offers_contact_a_yes_can_take_it(kind: str, offered: str | None) -> None:
    assert slots(Memory().after(reply(kind)))["offered"] == offered


def test_entries_given_add_up_and_each_stands_once() -> None:
    memory = Memory(given=("one",))
    assert slots(memory.after(reply("answer", "q", entries=("one", "two"))))["given"] == ["one", "two"]
    assert "given" not in slots(memory.after(reply("answer", "q", entries=("one",))))


def test_what_was_asked_back_is_kept_as_plain_data_that_is_read_back_alike(heard: Heard) -> None:
    asked = Asked(("a", "b"), "how long")
    kept = slots(Memory().after(reply("clarify"), asked))
    assert kept["choices"] == CHOICES and "last_question" not in kept
    assert Memory.of(heard("1", before={"choices": kept["choices"]})).asked == asked


def test_what_was_left_out_is_kept_until_it_was_said() -> None:
    kept = slots(Memory().after(reply("answer", "a", "b", left_out=("b",))))
    assert kept["left_out"] == ["b"] and kept["last_question"] == "a"
    assert slots(Memory(left_out=("b",)).after(reply("answer", "b")))["left_out"] == []
    assert "left_out" not in slots(Memory().after(reply("answer", "a")))
