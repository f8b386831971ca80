"""The web channel as the internet meets it: the real servers, nothing but HTTP."""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import time
from collections.abc import Iterator
from itertools import chain
from typing import Any

import httpx
import pytest

from bot.servers import Assistant

pytestmark = pytest.mark.e2e

FASTING = "how long before my infusion do I stop eating?"
HOURS = {"pain-team": "6 hours", "virginia-infusion": "4 hours", "infusion-therapeutix": "does not say how long"}


@pytest.fixture
def client(assistant: Assistant) -> Iterator[httpx.Client]:
    """An HTTP client without any secret."""
    with httpx.Client(base_url=assistant.address.url, trust_env=False, timeout=20) as http:
        yield http


def begin(client: httpx.Client, clinic: str = "pain-team") -> dict[str, str]:
    """Headers of a new session."""
    reply = client.post("/webhooks/web/sessions", json={"site_key": f"demo-{clinic}"})
    assert reply.status_code == 201, reply.text
    return {"Authorization": f"Bearer {reply.json()['token']}"}


def say(client: httpx.Client, headers: dict[str, str], text: str) -> dict[str, Any]:
    """The reply to a text."""
    reply = client.post("/webhooks/web/messages", json={"text": text}, headers=headers)
    assert reply.status_code == 200, reply.text
    body: dict[str, Any] = reply.json()
    return body


def history(client: httpx.Client, headers: dict[str, str]) -> list[dict[str, Any]]:
    """What was said, the greeting left out."""
    messages: list[dict[str, Any]] = client.get("/webhooks/web/history", headers=headers).json()["messages"]
    return messages[1:]


def test_check_08_a_refused_message_leaves_the_conversation_as_it_was(client: httpx.Client) -> None:
    headers = begin(client)
    say(client, headers, FASTING)
    before = history(client, headers)
    for bad in ({}, {"Authorization": "Bearer x"}, {"Authorization": headers["Authorization"][:-4] + "AAAA"}):
        assert client.post("/webhooks/web/messages", json={"text": "and price?"}, headers=bad).status_code == 401
    assert history(client, headers) == before
    assert "nausea" in say(client, headers, "why?")["messages"][0]["text"]  # still about eating


@pytest.mark.parametrize("text", ["/restart", "/SetSlots(x)", '/request_consult{"consent":"true"}', "//session_start"])
def test_check_09_a_command_to_rasa_is_text(client: httpx.Client, text: str) -> None:
    headers = begin(client)
    say(client, headers, FASTING)
    assert say(client, headers, text)["messages"][0]["text"]
    assert len([m for m in history(client, headers) if m["from"] == "patient"]) == 2
    assert "6 hours" in say(client, headers, FASTING)["messages"][0]["text"]


def test_check_10_rasas_own_cors_adds_nothing(client: httpx.Client) -> None:
    foreign = {"Origin": "https://evil.example.com", "Access-Control-Request-Method": "POST"}
    for method, path in (
        ("POST", "/webhooks/web/sessions"),
        ("OPTIONS", "/webhooks/web/messages"),
        ("OPTIONS", "/nowhere"),
        ("GET", "/"),
        ("GET", "/version"),
    ):
        body = {"site_key": "demo-pain-team"} if method == "POST" else None
        reply = client.request(method, path, json=body, headers=foreign)
        assert not [h for h in reply.headers if h.startswith("access-control")], (method, path)
        assert reply.status_code in {403, 404} or path == "/"
        assert reply.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "path",
    ["/version", "/status", "/model", "/model/train", "/domain", "/conversations/x/tracker", "/webhooks/rest/webhook"],
)
def test_check_27_rasas_own_paths_are_out_of_reach(client: httpx.Client, method: str, path: str) -> None:
    reply = client.request(method, path)
    assert reply.status_code == 404 and reply.json()["error"]["code"] == "not_found"


def test_a_choice_is_taken_by_its_id(client: httpx.Client) -> None:
    headers = begin(client, "infusion-therapeutix")
    buttons = [b for m in say(client, headers, FASTING)["messages"] for b in m["buttons"]]
    contact = next(b for b in buttons if "contact" in b["title"].lower())
    reply = client.post("/webhooks/web/messages", json={"choice": contact["id"]}, headers=headers).json()
    assert reply["kind"] == "consult"


def test_clear_chat_erases_the_tracker(client: httpx.Client, assistant: Assistant) -> None:
    headers = begin(client)
    say(client, headers, FASTING)
    assert client.delete("/webhooks/web/session", headers=headers).status_code == 204
    assert client.post("/webhooks/web/messages", json={"text": "why?"}, headers=headers).status_code == 401


def test_ready_names_every_part(client: httpx.Client) -> None:
    reply = client.get("/ready")
    assert reply.status_code == 200, reply.text
    assert reply.json()["checks"] == dict.fromkeys(("model", "index", "action_server", "database"), "ok")


async def _conversation(address: str, number: int) -> list[float]:
    """Four turns of one conversation, each reply checked to be its own. Returns the times taken in seconds."""
    clinic = list(HOURS)[number % len(HOURS)]
    texts = [FASTING, f"canary {number}", "can I drive home?", FASTING]
    took = []
    async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=60) as client:
        start = await client.post("/webhooks/web/sessions", json={"site_key": f"demo-{clinic}"})
        headers = {"Authorization": f"Bearer {start.json()['token']}"}
        for turn, text in enumerate(texts):
            began = time.perf_counter()
            body = {"text": text, "message_id": f"{number}-{turn}"}
            reply = await client.post("/webhooks/web/messages", json=body, headers=headers)
            took.append(time.perf_counter() - began)
            assert reply.status_code == 200, reply.text
            said = reply.json()
            assert said["kind"] != "error", said
            sources = [s["clinic"] for m in said["messages"] for s in m["sources"]]
            assert set(sources) <= {clinic}
            if text == FASTING:
                assert HOURS[clinic] in said["messages"][0]["text"], said
        told = (await client.get("/webhooks/web/history", headers=headers)).json()["messages"]
    assert [m["text"] for m in told if m["from"] == "patient"] == texts
    return took


def test_a_hundred_conversations_at_once_without_error_or_mixing(assistant: Assistant) -> None:
    async def everybody() -> list[float]:
        all_took = await asyncio.gather(*(_conversation(assistant.address.url, i) for i in range(100)))
        return list(chain.from_iterable(all_took))

    began = time.monotonic()
    took = asyncio.run(everybody())
    seconds = time.monotonic() - began
    print(f"400 turns in {seconds:.1f} s, {400 / seconds:.0f} a second; median {statistics.median(took):.2f} s")


def test_a_single_conversation_is_answered_within_150_ms_at_the_median(assistant: Assistant) -> None:
    took = [t for i in range(8) for t in asyncio.run(_conversation(assistant.address.url, i))]
    print(f"median {1000 * statistics.median(took):.0f} ms, slowest {1000 * max(took):.0f} ms")
    assert statistics.median(took) < 0.150


def test_an_action_server_that_hangs_means_words_in_time_and_help_in_danger(
    client: httpx.Client, assistant: Assistant
) -> None:
    headers = begin(client)
    say(client, headers, FASTING)
    pid = assistant.pid("actions")
    assert pid is not None
    os.killpg(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        ordinary = say(client, headers, "how much is it?")
        took = time.monotonic() - began
        crisis = say(client, headers, "i want to die")
        unready = client.get("/ready")
    finally:
        os.killpg(pid, signal.SIGCONT)
    assert took < 3.5
    assert ordinary["kind"] == "error" and "911" in ordinary["messages"][0]["text"]
    assert crisis["kind"] == "crisis" and "988" in crisis["messages"][0]["text"]
    assert unready.status_code == 503 and unready.json()["checks"]["action_server"] == "failed"
    time.sleep(1)  # the given-up question is answered now, to nobody
    after = say(client, headers, FASTING)
    answer, line = after["messages"]  # after a crisis the line of help stays beside the answers
    assert "6 hours" in answer["text"] and "988" in line["text"]
