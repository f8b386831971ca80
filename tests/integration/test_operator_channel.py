"""What the operator channel returns: the batch contract's fields alone, and on SMS one page."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels import operator
from bot.channels.operator import _as_read, _entries, _reply
from bot.channels.sms.phones import Phones
from bot.channels.turn import TurnReply
from knowledge import gsm7

pytestmark = pytest.mark.integration


def source(entry: str) -> dict[str, str]:
    """A source of the clinic."""
    return {"clinic": "pain-team", "entry": entry, "title": "FAQ", "reviewed": "2026-11-22"}


async def unheard(message: Any) -> None:
    """The engine behind the stand-in for a turn."""
    raise AssertionError


def say(text: str, channel: str) -> dict[str, Any]:
    """The body of a request."""
    return {"text": text, "conversation": "c", "channel": channel, "clinic": "pain-team"}


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What turns are asked; each gets two long answers, with the marks that channels set."""
    texts: list[str] = []

    async def turn(_: Any, *, text: str, **__: Any) -> TurnReply:
        texts.append(text)
        messages = [
            {"text": letter * 200, "buttons": [], "sources": [source(letter)], "asked": True, "help": "crisis"}
            for letter in "ab"
        ]
        entries = [{"clinic": "pain-team", "id": letter} for letter in "ab"]
        return TurnReply("answer", messages, [{"id": "q", "score": 0.9}], entries)

    monkeypatch.setattr(operator, "run_turn", turn)
    return texts


async def test_a_message_has_the_contract_s_fields_and_no_other(heard: list[str]) -> None:
    reply = await _reply(unheard, say("x", "web"), Phones())
    assert [set(_as_read(m)) for m in reply.messages] == [{"text", "buttons", "sources"}] * 2
    assert _entries(reply.messages) == reply.entries


async def test_an_sms_row_is_one_page_with_the_entries_that_stand_on_it(heard: list[str]) -> None:
    phones = Phones()
    reply = await _reply(unheard, say("x", "sms"), phones)
    (message,) = reply.messages
    assert gsm7.length(message["text"]) <= gsm7.MAX_CHARACTERS and "MORE" in message["text"]
    assert _entries(reply.messages) == [{"clinic": "pain-team", "id": "a"}]
    later = await _reply(unheard, say("more", "sms"), phones)
    assert (later.kind, [m["text"] for m in later.messages]) == ("answer", ["b" * 200])
    assert _entries(later.messages) == [{"clinic": "pain-team", "id": "b"}]
    assert heard == ["x"]


async def test_elsewhere_more_is_a_message_like_any_other(heard: list[str]) -> None:
    phones = Phones()
    for channel in ("sms", "web"):
        await _reply(unheard, say("more", channel), phones)
    assert heard == ["more", "more"]
