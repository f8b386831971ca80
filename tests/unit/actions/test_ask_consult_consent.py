"""action_ask_consult_consent: the patient reads what would be passed on before agreeing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.ask_consult_consent import AskConsultConsent
from bot.consult.model import CONSENT, MAX_FIELD
from knowledge import gsm7

WORDS = ("consult_when", "consult_reason")

Heard = Callable[..., Tracker]

FIELDS = {
    "consult_name": "Ana",
    "consult_contact": "+12127365000",
    "consult_when": "mornings",
    "consult_reason": "back pain",
}


def asked(dispatcher: CollectingDispatcher, tracker: Tracker) -> dict[str, Any]:
    """The message in which the action asks."""
    assert AskConsultConsent().run(dispatcher, tracker, {}) == []
    (message,) = dispatcher.messages
    return message


@pytest.mark.parametrize("channel", ["web", "sms", "shell"])
def test_every_field_and_the_consent_are_read_back(
    dispatcher: CollectingDispatcher, heard: Heard, channel: str
) -> None:
    message = asked(dispatcher, heard("x", channel=channel, slots=FIELDS))
    assert all(value in message["text"] for value in (*FIELDS.values(), CONSENT))
    assert [b["title"] for b in message["buttons"]] == ["Yes", "No"]
    assert message["custom"]["kind"] == "consult"


def test_the_web_reads_the_longest_fields_back_word_for_word(dispatcher: CollectingDispatcher, heard: Heard) -> None:
    slots = {slot: letter * MAX_FIELD for slot, letter in zip(FIELDS, "abcd", strict=True)}
    text = asked(dispatcher, heard("x", slots=slots))["text"]
    assert all(value in text for value in slots.values())


def longest(sign: str) -> dict[str, str]:
    """The longest fields that the form takes, of one sign."""
    contact = "a" * 64 + "@" + "b" * 63 + "." + "c" * 63 + ".example"
    return {"consult_name": sign * 80, "consult_contact": contact, **dict.fromkeys(WORDS, sign * MAX_FIELD)}


@pytest.mark.parametrize(
    "sign",
    [
        "W",
        "[",
        "ë",
        "😀",
    ],
)
def test_an_sms_with_the_longest_fields_is_two_segments_at_most(
    dispatcher: CollectingDispatcher, heard: Heard, sign: str
) -> None:
    text = asked(dispatcher, heard("x", channel="sms", slots=longest(sign)))["text"]
    assert gsm7.outside(text) == set()
    assert gsm7.length(text) <= gsm7.MAX_CHARACTERS
    assert CONSENT in text
    assert text.endswith("YES or NO?")
