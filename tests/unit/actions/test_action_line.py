"""The action server's end of the line on which Rasa's process asks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import __version__
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from actions import line

NOBODY = ActionNotFoundException("act")


class Socket:
    """One line: what is asked on it, and what is answered."""

    def __init__(self, *asked: dict[str, Any]) -> None:
        self.asked = [json.dumps({"number": n, **each}) for n, each in enumerate(asked)]
        self.said: list[dict[str, Any]] = []
        self.over = asyncio.Event()

    async def recv(self) -> str:
        """The next question; cancelled where there is none, as sanic does when the line is closed."""
        if self.asked:
            return self.asked.pop(0)
        await self.over.wait()
        raise asyncio.CancelledError

    async def send(self, text: str) -> None:
        """An answer."""
        self.said.append(json.loads(text))


async def served(socket: Socket) -> None:
    """Serve until all is answered, then close the line."""
    serving = asyncio.ensure_future(line.serve(None, socket))
    await asyncio.sleep(0.05)
    socket.over.set()
    await asyncio.wait({serving})


def runs(what: Any) -> Callable[[dict[str, Any]], Any]:
    """An executor that gives or raises `what`."""

    async def run(_: dict[str, Any]) -> Any:
        if isinstance(what, Exception):
            raise what
        return what

    return run


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ({"events": []}, (200, {"events": []})),
        (ActionExecutionRejection("act", "no"), (400, {"error": "no", "action_name": "act"})),
        (
            ActionNotFoundException("act"),
            (404, {"error": ActionNotFoundException("act").message, "action_name": "act"}),
        ),
        (RuntimeError("broken"), (500, {"error": "broken"})),
    ],
)
async def test_a_call_is_answered_as_the_webhook_of_rasa_sdk_does(outcome: Any, expected: Any) -> None:
    assert await line.called({"next_action": "act", "version": __version__}, runs(outcome)) == expected


async def test_an_early_word_and_a_call_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "told", lambda body: (200, {"vector of": body}))
    socket = Socket(
        {"about": "told", "body": "price?"},
        {"about": "called", "body": {"next_action": "action_nobody", "version": __version__}},
    )
    await served(socket)
    first, second = socket.said
    assert first == {"number": 0, "status": 200, "body": {"vector of": "price?"}}
    assert (second["number"], second["status"]) == (1, 404) and "action_nobody" in second["body"]["error"]


async def test_what_nothing_answers_is_refused_and_the_line_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "told", lambda body: (200, body))
    socket = Socket({"about": "else", "body": 1}, {"about": "told", "body": 2})
    await served(socket)
    assert [said["status"] for said in socket.said] == [404, 200]


async def test_a_message_that_cannot_be_encoded_does_not_cut_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(said: Any) -> Any:
        if said == "odd":
            raise RuntimeError("broken")
        return 200, said

    monkeypatch.setattr(line, "told", told)
    socket = Socket({"about": "told", "body": "odd"}, {"about": "told", "body": "fine"})
    await served(socket)
    assert [(said["status"], said["body"]) for said in socket.said] == [(500, {"error": "broken"}), (200, "fine")]


async def test_a_call_that_takes_long_holds_up_none_and_ends_with_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []

    async def hang(call: dict[str, Any]) -> Any:
        if call.get("next_action") != "slow":
            return 200, "quick"
        try:
            await asyncio.sleep(30)
        finally:
            ended.append("slow")

    monkeypatch.setattr(line, "called", hang)
    socket = Socket({"about": "called", "body": {"next_action": "slow"}}, {"about": "called", "body": {}})
    await served(socket)
    await asyncio.sleep(0)
    assert [said["number"] for said in socket.said] == [1] and ended == ["slow"]


def test_all_actions_of_the_project_can_be_called() -> None:
    from actions.answer_question import AnswerQuestion
    from actions.submit_consult import SubmitConsult

    known = line._executor().actions
    assert {AnswerQuestion().name(), SubmitConsult().name()} <= set(known)
