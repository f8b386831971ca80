"""`faqbot ask`: rows in, rows out, and a bad row never stops the others."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot import servers
from bot.commands.ask import IN_FLIGHT, Answer, Operator, ask_all, ask_each, reachable, readable
from bot.errors import FaqbotError, ServingError
from bot.ports import free_port
from bot.process import Server
from bot.servers import Address, Assistant
from bot.settings import settings

ADDRESS = Address("http://127.0.0.1:5005", "secret", 1)
SOURCE = {"clinic": "north", "entry": "stop", "title": "FAQ", "reviewed": "2026-11-01"}

Handler = Callable[[httpx.Request], Any]

pytestmark = pytest.mark.usefixtures("small_faq")


def reply(text: str, **more: Any) -> dict[str, Any]:
    """What the operator channel sends back."""
    return {
        "kind": "answer",
        "messages": [{"text": text, "buttons": [], "sources": []}],
        "questions": [{"id": "price", "score": 0.9}],
        "entries": [{"clinic": "north", "id": "price"}],
        "intent": {"name": "cost", "confidence": 0.8},
        "explain": None,
        **more,
    }


def echo(request: httpx.Request) -> httpx.Response:
    """A server that answers each text with itself."""
    return httpx.Response(200, json=reply(json.loads(request.content)["text"]))


@pytest.fixture
def served_by(monkeypatch: pytest.MonkeyPatch) -> Callable[[Handler], None]:
    """Let a function play the server."""
    client = httpx.AsyncClient

    def use(handler: Handler) -> None:
        monkeypatch.setattr(
            "bot.commands.ask.httpx.AsyncClient",
            lambda **options: client(**options, transport=httpx.MockTransport(handler)),
        )

    return use


def line(**row: Any) -> str:
    """A row of a batch, for the clinic `north` unless it says otherwise."""
    return json.dumps({"clinic": "north", **row})


def answers(lines: list[str]) -> list[dict[str, Any]]:
    """Run a batch."""
    return asyncio.run(ask_all(ADDRESS, lines, lambda: None))


# what a patient reads


def test_the_sources_stand_under_each_text() -> None:
    messages = [{"text": "Six hours.", "sources": [SOURCE]}, {"text": "Short sleeves.", "sources": []}]
    assert readable(messages, "north", "web") == (
        "Six hours.\nSource: North Clinic, FAQ, reviewed 2026-11-01\nShort sleeves."
    )


def test_an_sms_holds_its_source_itself() -> None:
    assert (
        readable([{"text": "Six hours. (North FAQ)", "sources": [SOURCE]}], "north", "sms") == "Six hours. (North FAQ)"
    )


# one turn


async def test_a_turn_sends_the_token_and_all_that_binds_the_conversation(served_by: Callable[[Handler], None]) -> None:
    requests: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return echo(request)

    served_by(handler)
    async with Operator(ADDRESS) as operator:
        row = await operator.turn("how much?", conversation="c", clinic="north", channel="web")
    assert requests[0].headers["Authorization"] == "Bearer secret"
    assert str(requests[0].url) == "http://127.0.0.1:5005/webhooks/operator/turn"
    assert json.loads(requests[0].content) == {
        "text": "how much?",
        "conversation": "c",
        "clinic": "north",
        "channel": "web",
        "explain": False,
    }
    assert row.pop("latency_ms") >= 0
    assert row == {
        "kind": "answer",
        "text": "how much?",
        "messages": [{"text": "how much?", "buttons": [], "sources": []}],
        "questions": [{"id": "price", "score": 0.9}],
        "entries": [{"clinic": "north", "id": "price"}],
        "intent": {"name": "cost", "confidence": 0.8},
    }


async def test_a_turn_explains_itself_where_asked(served_by: Callable[[Handler], None]) -> None:
    served_by(lambda request: httpx.Response(200, json=reply("hi", explain=[{"part": "hi"}])))
    async with Operator(ADDRESS) as operator:
        row = await operator.turn("hi", conversation="c", clinic="north", channel="web", explain=True)
    assert row["explain"] == [{"part": "hi"}]


async def test_a_refusal_is_raised_in_the_words_of_the_server(served_by: Callable[[Handler], None]) -> None:
    served_by(lambda request: httpx.Response(401, json={"error": "the operator token is missing or wrong"}))
    async with Operator(ADDRESS) as operator:
        with pytest.raises(FaqbotError, match=r"^the operator token is missing or wrong$"):
            await operator.turn("hi", conversation="c", clinic="north", channel="web")


async def test_a_server_that_is_gone_is_an_error_that_a_person_can_read(served_by: Callable[[Handler], None]) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("all connection attempts failed")

    served_by(handler)
    async with Operator(ADDRESS) as operator:
        with pytest.raises(ServingError, match=r"^the server does not answer \(all connection attempts failed\);"):
            await operator.turn("hi", conversation="c", clinic="north", channel="web")


@pytest.mark.parametrize("body", [{}, {"kind": "answer"}, reply("hi", messages=["hi"])])
async def test_json_that_is_no_reply_is_told(served_by: Callable[[Handler], None], body: dict[str, Any]) -> None:
    served_by(lambda request: httpx.Response(200, json=body))
    async with Operator(ADDRESS) as operator:
        with pytest.raises(FaqbotError, match=r"^the server answered 200 with JSON that is no reply$"):
            await operator.turn("hi", conversation="c", clinic="north", channel="web")


async def test_half_a_character_and_nul_are_sent_as_the_web_channel_sends_them(
    served_by: Callable[[Handler], None],
) -> None:
    served_by(echo)
    async with Operator(ADDRESS) as operator:
        row = await operator.turn("h\0i \ud83d", conversation="c", clinic="north", channel="web")
    assert row["text"] == "hi ?"


# an assistant for the duration of a call


def test_an_assistant_that_is_started_for_a_call_does_no_work_for_staff(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "clinics.yml").write_text("clinics: {north: {retention_days: {requests: 9}}}", encoding="utf-8")
    monkeypatch.setenv("FAQBOT_CONSULT_CLINICS", str(tmp_path / "clinics.yml"))
    monkeypatch.setenv("FAQBOT_INBOX_PORT", str(free_port()))
    settings.cache_clear()
    started: list[str] = []
    for name in ("newest_model", "model_path"):
        monkeypatch.setattr(servers, name, lambda settings: tmp_path / "model.tar.gz")
    monkeypatch.setattr(Server, "start", lambda self: started.append(self.name))
    monkeypatch.setattr(Assistant, "_wait", lambda self, since: None)
    with reachable(settings(), str):
        assert started == ["actions", "rasa"]
    started.clear()
    with Assistant(settings(), port=free_port(), action_port=free_port(), progress=str):
        assert started == ["actions", "rasa", "consult worker", "inbox"]


# a batch


def test_rows_come_back_in_the_order_asked(served_by: Callable[[Handler], None]) -> None:
    async def handler(request: httpx.Request) -> httpx.Response:
        number = int(json.loads(request.content)["text"])
        await asyncio.sleep(0.02 if number % 3 == 0 else 0)
        return echo(request)

    served_by(handler)
    rows = answers([line(id=f"row-{n}", text=str(n)) for n in range(20)])
    assert [row["id"] for row in rows] == [f"row-{n}" for n in range(20)]
    assert [row["text"] for row in rows] == [str(n) for n in range(20)]


def test_a_few_rows_are_asked_at_once_and_no_more(served_by: Callable[[Handler], None]) -> None:
    now, most = 0, 0

    async def handler(request: httpx.Request) -> httpx.Response:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.005)
        now -= 1
        return echo(request)

    served_by(handler)
    answers([line(text=str(n)) for n in range(4 * IN_FLIGHT)])
    assert most == IN_FLIGHT


def test_a_bad_row_becomes_an_error_row_and_the_rest_goes_on(served_by: Callable[[Handler], None]) -> None:
    served_by(echo)
    rows = answers(
        [line(id=1, text="a"), "{no json", line(id=3, text="c", clinic="west"), "[]", line(id=5), line(id=6, text="f")]
    )
    assert [row["kind"] for row in rows] == ["answer", "error", "error", "error", "error", "answer"]
    assert [row["id"] for row in rows] == [1, None, 3, None, 5, 6]
    assert rows[1]["text"].startswith("row 2: no JSON object")
    assert rows[2]["text"] == "row 3: unknown clinic 'west'; known: north, south"
    assert rows[4]["text"].startswith("row 5: give 'text'")
    assert set(rows[0]) == set(rows[2])


def test_a_row_that_the_server_refuses_or_drops_is_an_error_row(served_by: Callable[[Handler], None]) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        text = json.loads(request.content)["text"]
        if text == "refused":
            return httpx.Response(400, json={"error": "no such thing"})
        if text == "dropped":
            raise httpx.ConnectError("gone")
        return echo(request)

    served_by(handler)
    rows = answers([line(text=text) for text in ("refused", "dropped", "fine")])
    assert [row["text"] for row in rows] == [
        "row 1: no such thing",
        "row 2: the server does not answer (gone); look at the logs in run/",
        "fine",
    ]


def test_an_error_without_words_is_named(served_by: Callable[[Handler], None]) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("")

    served_by(handler)
    assert answers([line(text="hi")])[0]["text"].startswith("row 1: the server does not answer (ReadTimeout);")


def test_a_refusal_that_is_no_json_is_not_blamed_on_the_row(served_by: Callable[[Handler], None]) -> None:
    served_by(lambda request: httpx.Response(502, text="<h1>Bad gateway</h1>"))
    assert "no JSON object" not in answers([line(text="hi")])[0]["text"]


def test_the_turns_of_a_row_are_one_conversation_and_the_last_reply_counts(
    served_by: Callable[[Handler], None],
) -> None:
    seen: list[tuple[str, str]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        seen.append((body["conversation"], body["text"]))
        return echo(request)

    served_by(handler)
    rows = answers([line(turns=["a", "b", "c"]), line(text="d")])
    first = [conversation for conversation, text in seen if text != "d"]
    assert [text for _, text in seen if text != "d"] == ["a", "b", "c"]
    assert len(set(first)) == 1
    assert {conversation for conversation, _ in seen} - set(first)
    assert rows[0]["text"] == "c"


def test_each_row_is_reported_as_done(served_by: Callable[[Handler], None]) -> None:
    served_by(echo)
    done: list[int] = []
    asyncio.run(ask_all(ADDRESS, [line(text="a"), "{bad", line(text="c")], lambda: done.append(1)))
    assert len(done) == 3


def test_an_answer_is_taken_as_soon_as_those_before_it_are_there(served_by: Callable[[Handler], None]) -> None:
    last = asyncio.Event()

    async def handler(request: httpx.Request) -> httpx.Response:
        if json.loads(request.content)["text"] == "last":
            await last.wait()
        return echo(request)

    def take(answer: Answer) -> None:
        taken.append(answer.row["text"])
        if len(taken) == 2:
            last.set()  # else this waits for ever

    taken: list[str] = []
    served_by(handler)
    lines = [line(text=text) for text in ("a", "b", "last")]
    asyncio.run(asyncio.wait_for(ask_each(ADDRESS, lines, take), 5))
    assert taken == ["a", "b", "last"]


def test_a_fault_of_the_server_is_told_from_one_of_the_row(served_by: Callable[[Handler], None]) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        text = json.loads(request.content)["text"]
        if text == "dropped":
            raise httpx.ConnectError("gone")
        if text == "broken":
            return httpx.Response(200, json=reply("Sorry.", kind="error"))
        return httpx.Response(500, text="oh") if text == "failed" else echo(request)

    served_by(handler)
    lines = [*(line(text=text) for text in ("fine", "dropped", "broken", "failed")), "{no json", line(clinic="west")]
    taken: list[Answer] = []
    asyncio.run(ask_each(ADDRESS, lines, taken.append))
    assert [a.server_fault for a in taken] == [False, True, True, True, False, False]
    assert [a.row["kind"] for a in taken] == ["answer", "error", "error", "error", "error", "error"]
