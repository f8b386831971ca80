"""The servers themselves: web page, tokens, batches, memory, and what happens when a part is gone."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from typing import Any

import httpx
import pytest

from bot.commands.ask import ask_all
from bot.errors import ServingError
from bot.ports import free_port, require_free
from bot.servers import Assistant, answers
from bot.settings import Settings

pytestmark = pytest.mark.e2e


@pytest.fixture
def client(assistant: Assistant) -> Any:
    """An HTTP client without any secret, as the internet has it."""
    with httpx.Client(base_url=assistant.address.url, trust_env=False, timeout=20) as http:
        yield http


def session(client: httpx.Client, clinic: str = "pain-team") -> dict[str, str]:
    """Headers of a new web session."""
    reply = client.post("/webhooks/web/sessions", json={"site_key": f"demo-{clinic}"})
    assert reply.status_code == 201
    return {"Authorization": f"Bearer {reply.json()['token']}"}


def test_web_page_and_web_channel_answer(client: httpx.Client) -> None:
    page = client.get("/")
    assert page.status_code == 200 and "widget" in page.text and "988" in page.text
    assert client.get("/widget.js").status_code == 200 and client.get("/page.css").status_code == 200
    reply = client.post("/webhooks/web/messages", json={"text": "when do i stop eating?"}, headers=session(client))
    assert "6 hours" in reply.json()["messages"][0]["text"]


def test_web_client_cannot_choose_conversation_clinic_or_metadata(client: httpx.Client) -> None:
    body = {
        "text": "how long before my infusion do I stop eating?",
        "sender": "someone-else",
        "clinic": "virginia-infusion",
        "metadata": {"clinic": "virginia-infusion"},
    }
    reply = client.post("/webhooks/web/messages", json=body, headers=session(client, "pain-team"))
    assert "6 hours" in reply.json()["messages"][0]["text"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}])
def test_web_channel_refuses_without_a_valid_token(client: httpx.Client, headers: dict[str, str]) -> None:
    assert client.post("/webhooks/web/messages", json={"text": "hi"}, headers=headers).status_code == 401


def test_unknown_site_key_is_refused(client: httpx.Client) -> None:
    assert client.post("/webhooks/web/sessions", json={"site_key": "demo-nowhere"}).status_code == 404


def test_operator_channel_needs_its_token_and_a_known_clinic(client: httpx.Client, assistant: Assistant) -> None:
    body = {"text": "hi", "conversation": "c", "channel": "web", "clinic": "pain-team"}
    assert client.post("/webhooks/operator/turn", json=body).status_code == 401
    headers = {"Authorization": f"Bearer {assistant.address.token}"}
    reply = client.post("/webhooks/operator/turn", json={**body, "clinic": "nowhere"}, headers=headers)
    assert reply.status_code == 400 and "known: " in reply.json()["error"]


@pytest.mark.parametrize("path", ["/model", "/conversations/x/tracker", "/webhooks/rest/webhook", "/status"])
def test_rasas_own_api_is_out_of_reach(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code in {404, 405}


def test_batch_of_500_rows_in_a_minute_in_order_with_a_bad_row_reported(assistant: Assistant) -> None:
    texts = ["how much is it", "can i drive home", "is it addictive", "parking?", "what should i wear"]
    rows = [
        {"id": str(i), "clinic": "pain-team", "text": texts[i % 5], "channel": ["web", "sms", "shell"][i % 3]}
        for i in range(500)
    ]
    lines = [json.dumps(row) for row in rows]
    lines[250] = json.dumps({"id": "250", "clinic": "nowhere", "text": "hi"})
    lines[251] = "{no json"
    started = time.monotonic()
    out = asyncio.run(ask_all(assistant.address, lines, lambda: None))
    took = time.monotonic() - started
    print(f"500 rows in {took:.1f} s")
    assert took <= 60
    assert [row["id"] for row in out if row["id"]] == [str(i) for i in range(500) if i != 251]
    assert out[250]["kind"] == "error" and "nowhere" in out[250]["text"]
    assert out[251]["kind"] == "error" and "row 252" in out[251]["text"]
    assert all(row["kind"] in {"answer", "no_answer"} for i, row in enumerate(out) if i not in {250, 251})


def test_turns_of_a_batch_row_are_one_conversation(assistant: Assistant) -> None:
    line = json.dumps({"id": "t", "clinic": "pain-team", "turns": ["do you have parking", "yes"], "channel": "web"})
    (row,) = asyncio.run(ask_all(assistant.address, [line], lambda: None))
    assert row["kind"] == "consult"


def test_memory_stays_in_bounds(assistant: Assistant) -> None:
    memory = {name: size / 2**20 for name, size in assistant.memory().items()}
    print(memory)
    assert memory["actions"] <= 450  # 1,000 questions with 45,000 phrasings: 392 MiB
    assert sum(memory.values()) <= 1200  # of Rasa's stock pipeline with seven intents: 1.1 GB


def test_port_in_use_is_a_clear_error(assistant: Assistant) -> None:
    with pytest.raises(ServingError, match="in use"):
        require_free("127.0.0.1", int(assistant.address.url.rsplit(":", 1)[1]))


def test_without_a_model_serving_is_refused(run_settings: Settings, tmp_path: Any) -> None:
    bare = run_settings.copy(update={"models_dir": tmp_path})
    with pytest.raises(ServingError, match="faqbot build"):
        Assistant(bare, port=free_port(), action_port=free_port(), progress=print).__enter__()


def test_action_server_gone_means_words_and_help_never_silence(assistant: Assistant, talk: Any) -> None:
    pid = assistant.pid("actions")
    assert pid is not None
    os.killpg(pid, signal.SIGKILL)
    ordinary, crisis, indirect = talk("how much is it?", "i want to die", "cant go on anymore")
    assert ordinary["kind"] == "error" and "911" in ordinary["text"]
    assert crisis["kind"] == "crisis" and "988" in crisis["text"]
    assert indirect["kind"] == "crisis" and "911" in indirect["text"]
    server = next(s for s in assistant._servers if s.name == "actions")
    server.stop()
    server.start()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not answers(assistant.address):
        time.sleep(0.3)
    assert talk("how much is it?")[0]["kind"] == "answer"
