"""Outcomes: the table of what a reply to a message comes to."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import FaqbotError
from bot.evaluate.outcomes import Reply, from_batch, judge

NORTH = (("north", "stop"),)
SOUTH = (("south", "stop"),)


@pytest.mark.parametrize(
    ("unanswerable", "reply", "outcome"),
    [
        (False, Reply("answer", "Stop 6 hours before.", NORTH), "right"),
        (False, Reply("answer", "Stop 4 hours before.", NORTH), "wrong"),
        (False, Reply("answer", "Stop 6 hours before.", SOUTH), "wrong"),
        (False, Reply("answer", "Stop 6 hours before.", SOUTH + NORTH), "right"),
        (False, Reply("no_answer", "The FAQ does not say; 6 of them ask."), "declined"),
        (False, Reply("clarify", "Which of these 6?"), "declined"),
        (False, Reply("smalltalk", "Hello!"), "declined"),
        (True, Reply("no_answer", "The FAQ does not say."), "declined"),
        (True, Reply("out_of_scope", "I can only help with the clinic."), "declined"),
        (True, Reply("answer", "Stop 6 hours before.", NORTH), "wrongly answered"),
    ],
)
def test_outcome(make_row: Any, unanswerable: bool, reply: Reply, outcome: str) -> None:
    assert judge(make_row(unanswerable=unanswerable, must=() if unanswerable else ("6",)), reply).outcome == outcome


def test_an_entry_of_another_clinic_is_seen(make_row: Any) -> None:
    assert judge(make_row(), Reply("answer", "6", SOUTH + NORTH)).foreign
    assert not judge(make_row(), Reply("answer", "6", NORTH)).foreign


def batch_row(**fields: object) -> dict[str, Any]:
    usual = {
        "id": "n-1",
        "kind": "answer",
        "text": "One.\nSource: North Clinic, FAQ, reviewed 2026-11-01",
        "messages": [{"text": "One."}, {"text": "Two."}],
        "questions": [{"id": "a", "score": 0.7}, {"id": "b", "score": 0.9}],
        "entries": [{"clinic": "north", "id": "stop"}],
    }
    return {**usual, **fields}


def test_a_batch_row_is_judged_by_its_messages_not_by_the_source_lines() -> None:
    reply = from_batch(batch_row())
    assert reply == Reply("answer", "One.\nTwo.", NORTH, ("a", "b"), 0.9)
    assert "2026" not in reply.text


def test_a_servers_fault_is_no_outcome() -> None:
    with pytest.raises(FaqbotError, match="question n-1 got no reply: row 3: gone"):
        from_batch(batch_row(kind="error", text="row 3: gone", messages=[], questions=[], entries=[]))
