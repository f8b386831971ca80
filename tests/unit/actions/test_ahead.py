"""A message that is told of ahead of its turn: its vector at once, its search before the action asks for it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from actions import ahead
from actions.services import encoder
from knowledge.encoder import DIMENSIONS
from knowledge.recent import KEPT, RecentEncoder, pack, unpack
from knowledge.text import prepare
from tests.conftest import WordEncoder


class Searched:
    """Remembers what is searched for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def understand(self, text: str, clinic: str) -> None:
        """As `Search.understand`."""
        if clinic == "nobody":
            raise ahead.UnknownClinicError("no clinic 'nobody'")
        self.asked.append((text, clinic))

    def texts(self, text: str) -> list[str]:
        """As `Search.texts`."""
        return [text, "a question in it"]


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> Searched:
    """The action server's search and encoder."""
    found, recent = Searched(), RecentEncoder(WordEncoder())
    monkeypatch.setattr(ahead, "knowledge_service", lambda: SimpleNamespace(search=lambda: found))
    monkeypatch.setattr(ahead, "encoder", lambda: recent)
    return found


async def test_the_vector_comes_first_and_the_search_behind_it(searched: Searched) -> None:
    status, packed = ahead.told({"text": " What is  the PRICE?", "clinic": "small"})
    assert status == 200 and searched.asked == []
    expected = WordEncoder().encode([prepare("What is  the PRICE?")])[0]
    np.testing.assert_array_equal(unpack(packed, WordEncoder().fingerprint), expected)
    assert ahead.encoder().known("a question in it") is not None  # in the same pass
    await asyncio.sleep(0.05)
    assert searched.asked == [("What is  the PRICE?", "small")]


async def test_without_a_clinic_nothing_is_searched(searched: Searched) -> None:
    assert ahead.told({"text": "price", "clinic": ""})[0] == 200
    assert ahead.encoder().known("a question in it") is None
    await asyncio.sleep(0.05)
    assert searched.asked == []


def test_an_unknown_clinic_is_left_to_the_turn(searched: Searched) -> None:
    ahead.search_ahead("price", "nobody")
    assert searched.asked == []


@pytest.mark.parametrize("body", [None, [1], {}, {"text": "price"}, {"text": 1, "clinic": "small"}])
async def test_what_is_no_message_is_refused(searched: Searched, body: Any) -> None:
    status, reply = ahead.told(body)
    assert status == 400 and "'text'" in reply["error"]


def test_a_message_that_was_searched_ahead_is_not_searched_again(
    knowledge: None, heard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from actions import answering
    from actions.answer_question import respond
    from actions.context import turn_of
    from actions.memory import Memory

    search = answering.knowledge_service().search()
    text = "how long do I go without food before it, to the hour?"
    read: list[str] = []
    original = search._read
    monkeypatch.setattr(search, "_read", lambda asked, clinic: (read.append(asked), original(asked, clinic))[1])
    clinic = next(iter(search.index.clinics))
    search.understand(text, clinic)
    before = list(read)
    assert before
    for n in range(KEPT):  # meanwhile the vectors of others have pushed its own out
        encoder().encode([f"another text {n}"])
    encoded: list[str] = []
    monkeypatch.setattr(type(encoder()), "encode", lambda _, texts: encoded.extend(texts))
    turn = turn_of(heard(text, clinic=clinic))
    respond(replace(turn, vector=pack(np.ones(DIMENSIONS, dtype=np.float32), encoder().fingerprint)), Memory())
    assert read == before and encoded == []
