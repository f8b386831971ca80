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
from bot.settings import GREETING

NOBODY = ActionNotFoundException("act")


class Wire(asyncio.Transport):
    """A connection: what is said on it, and what became of it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False
        self.protocol: Any = None

    def write(self, data: Any) -> None:
        """Keep it."""
        self.written += data

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return self.closed

    def close(self) -> None:
        """Close it."""
        self.closed = True

    def set_protocol(self, protocol: Any) -> None:
        """Who gets what comes."""
        self.protocol = protocol

    @property
    def said(self) -> list[Any]:
        """What was answered."""
        return [json.loads(line) for line in self.written.splitlines()]


async def served(*asked: Any) -> Wire:
    """One line on which all this is asked at once, and which is closed a little later."""
    wire, end = Wire(), line.Answering()
    end.connection_made(wire)
    lines = [json.dumps({"number": n, **each} if isinstance(each, dict) else each) for n, each in enumerate(asked)]
    end.data_received(("\n".join(lines) + "\n").encode())
    await asyncio.sleep(0.05)
    end.connection_lost(None)
    await asyncio.sleep(0)
    return wire


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
    wire = await served(
        {"about": "told", "body": "price?"},
        {"about": "called", "body": {"next_action": "action_nobody", "version": __version__}},
    )
    first, second = wire.said
    assert first == {"number": 0, "status": 200, "body": {"vector of": "price?"}}
    assert (second["number"], second["status"]) == (1, 404) and "action_nobody" in second["body"]["error"]


async def test_what_nothing_answers_is_refused_and_the_line_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "told", lambda body: (200, body))
    wire = await served({"about": "else", "body": 1}, {"about": "told", "body": 2})
    assert [said["status"] for said in wire.said] == [404, 200]


async def test_a_message_that_cannot_be_encoded_does_not_cut_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(said: Any) -> Any:
        if said == "odd":
            raise RuntimeError("broken")
        return 200, said

    monkeypatch.setattr(line, "told", told)
    wire = await served({"about": "told", "body": "odd"}, {"about": "told", "body": "fine"})
    assert [(said["status"], said["body"]) for said in wire.said] == [(500, {"error": "broken"}), (200, "fine")]


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
    wire = await served({"about": "called", "body": {"next_action": "slow"}}, {"about": "called", "body": {}})
    await asyncio.sleep(0)
    assert [said["number"] for said in wire.said] == [1] and ended == ["slow"]


@pytest.mark.parametrize("nonsense", ["no question", 3, {"about": "told"}, {"body": "price?"}])
async def test_what_is_no_question_ends_the_line_and_is_logged(nonsense: Any, caplog: pytest.LogCaptureFixture) -> None:
    wire = await served(nonsense)
    assert wire.closed and wire.said == [] and "cannot be read" in caplog.text


@pytest.mark.parametrize("pieces", [1, 4])
async def test_a_connection_that_begins_with_the_greeting_is_a_line(
    monkeypatch: pytest.MonkeyPatch, pieces: int
) -> None:
    monkeypatch.setattr(line, "told", lambda body: (200, body))
    wire, first = Wire(), line.HttpOrLine()
    first.connection_made(wire)
    wire.protocol = first
    said = line.FIRST + b'{"number": 7, "about": "told", "body": "x"}\n'
    for at in range(0, len(said), len(said) // pieces):
        wire.protocol.data_received(said[at : at + len(said) // pieces])
    await asyncio.sleep(0.01)
    assert wire.said == [GREETING, {"number": 7, "status": 200, "body": "x"}]


@pytest.mark.parametrize("begins", [b"GET /health HTTP/1.1\r\n", b'"faqbot line 2"\n'])
def test_every_other_connection_is_sanics(monkeypatch: pytest.MonkeyPatch, begins: bytes) -> None:
    class Http:
        def __init__(self, **given: Any) -> None:
            self.heard: list[Any] = [given]

        def connection_made(self, transport: Any) -> None:
            self.heard.append(transport)

        def data_received(self, data: bytes) -> None:
            self.heard.append(data)

    monkeypatch.setattr(line, "HttpProtocol", Http)
    wire, first = Wire(), line.HttpOrLine(app="the app")
    first.connection_made(wire)
    first.data_received(begins)
    assert wire.protocol.heard == [{"app": "the app"}, wire, begins] and wire.written == b""


def test_all_actions_of_the_project_can_be_called() -> None:
    from actions.answer_question import AnswerQuestion
    from actions.submit_consult import SubmitConsult

    known = line._executor().actions
    assert {AnswerQuestion().name(), SubmitConsult().name()} <= set(known)
