"""The web channel over HTTP, with an engine in place of Rasa."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from web_server import ORIGIN, SITE, FakeEngine, begin, say, serving

from bot import shared_switch
from bot.settings import settings

MESSAGES = "/webhooks/web/messages"


async def test_a_session_greets_and_names_the_clinic_and_how_it_looks(live: httpx.AsyncClient) -> None:
    reply = await live.post("/webhooks/web/sessions", json={"site_key": SITE})
    body = reply.json()
    assert reply.status_code == 201 and body["clinic"]["name"] == "North Clinic"
    assert body["clinic"]["theme"]["hours"] == "Monday to Friday, 9 to 5"
    assert "not a person" in body["messages"][0]["text"] and "911" in body["messages"][0]["text"]


async def test_a_text_is_answered_for_the_clinic_of_the_key(web: httpx.AsyncClient, engine: FakeEngine) -> None:
    reply = await say(web, await begin(web, "demo-south"), "when do I stop eating?")
    assert reply.status_code == 200
    assert reply.json() == {
        "kind": "answer",
        "messages": [{"text": "south 1: when do I stop eating?", "buttons": [], "sources": []}],
    }


async def test_check_08_no_expired_or_foreign_token_reaches_the_tracker(
    web: httpx.AsyncClient, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = await begin(web)
    head, claims, signature = good["Authorization"].removeprefix("Bearer ").split(".")
    for bad in ("", "Bearer", "Bearer x", "Basic abc", f"Bearer {head}.{claims}.{signature[::-1]}", "Bearer é"):
        headers = {"Authorization": bad.encode()} if bad else {}
        reply = await web.post(MESSAGES, json={"text": "hi"}, headers=headers)
        assert reply.status_code == 401 and reply.headers["www-authenticate"] == "Bearer", bad
    monkeypatch.setattr("bot.channels.web.tokens.LIFETIME", -1)
    assert (await say(web, await begin(web), "hi")).json()["error"]["code"] == "expired_token"
    assert engine.turns == []


async def test_check_08_two_sessions_are_two_conversations_and_the_id_is_no_token(
    web: httpx.AsyncClient, engine: FakeEngine
) -> None:
    one, two = await begin(web), await begin(web)
    await say(web, one, "a")
    await say(web, two, "b")
    conversations = [turn[0] for turn in engine.turns]
    assert len(set(conversations)) == 2
    assert (await say(web, {"Authorization": f"Bearer {conversations[0]}"}, "c")).status_code == 401
    assert [m["text"] for m in (await web.get("/webhooks/web/history", headers=two)).json()["messages"][1:]] == [
        "b",
        "north 2: b",
    ]


async def test_check_09_fields_that_are_not_known_are_ignored(web: httpx.AsyncClient, engine: FakeEngine) -> None:
    headers = await begin(web)
    await say(web, headers, "a")
    await say(web, headers, "b", sender="x", metadata={"clinic": "south"}, clinic="south", input_channel="sms")
    assert engine.turns[0][:2] == engine.turns[1][:2]


async def test_check_10_body_faults_have_their_own_status(web: httpx.AsyncClient, engine: FakeEngine) -> None:
    headers = await begin(web)
    json_type = {**headers, "Content-Type": "application/json"}
    sent: list[tuple[int, dict[str, Any]]] = [
        (415, {"content": '{"text": "hi"}', "headers": {**headers, "Content-Type": "text/plain"}}),
        (415, {"content": '{"text": "hi"}', "headers": headers}),
        (400, {"content": "[]", "headers": json_type}),
        (400, {"content": "{", "headers": json_type}),
        (400, {"content": "", "headers": json_type}),
        (400, {"content": b'{"text": "\xff"}', "headers": json_type}),
        (400, {"content": "[" * 4000, "headers": json_type}),
        (413, {"content": json.dumps({"text": "a" * 5000}), "headers": json_type}),
        (413, {"content": "a" * 100_000, "headers": json_type}),
        (422, {"json": {}, "headers": headers}),
        (422, {"json": {"text": 1}, "headers": headers}),
        (422, {"json": {"text": None}, "headers": headers}),
        (422, {"json": {"text": "a", "choice": "b"}, "headers": headers}),
        (422, {"json": {"choice": ""}, "headers": headers}),
        (422, {"json": {"text": "a", "message_id": "no spaces"}, "headers": headers}),
        (422, {"json": {"text": "a", "message_id": 5}, "headers": headers}),
    ]
    for status, request in sent:
        reply = await web.post(MESSAGES, **request)
        assert reply.status_code == status, (request, reply.text)
        assert set(reply.json()["error"]) == {"code", "message"}
    assert engine.turns == []


async def test_half_characters_and_nul_do_no_harm(web: httpx.AsyncClient, engine: FakeEngine) -> None:
    headers = {**await begin(web), "Content-Type": "application/json"}
    reply = await web.post(MESSAGES, content='{"text": "a\\ud800\\u0000b"}', headers=headers)
    assert reply.status_code == 200 and engine.turns[0][2] == "a?b"
    assert (await web.get("/webhooks/web/history", headers=headers)).status_code == 200


async def test_check_10_a_burst_is_slowed_with_the_seconds_to_wait(
    small_faq: Any, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAQBOT_WEB_SESSION_LIMIT", "5")
    settings.cache_clear()
    async with serving(engine) as client:
        headers, other = await begin(client), await begin(client)
        replies = [await say(client, headers, f"message {i}") for i in range(7)]
        assert [r.status_code for r in replies] == [200] * 5 + [429] * 2
        assert 1 <= int(replies[-1].headers["retry-after"]) <= 12
        assert (await say(client, other, "hi")).status_code == 200


async def test_an_address_can_start_only_so_many_sessions(
    small_faq: Any, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAQBOT_WEB_ADDRESS_LIMIT", "8")
    settings.cache_clear()
    async with serving(engine) as client:
        start = [await client.post("/webhooks/web/sessions", json={"site_key": "demo-north"}) for _ in range(3)]
    assert [r.status_code for r in start] == [201, 201, 429]


async def test_check_10_a_foreign_origin_is_refused_without_cors_headers(
    live: httpx.AsyncClient, engine: FakeEngine
) -> None:
    for origin in (
        "https://evil.example.com",
        "null",
        "https://south.example.org",
        ORIGIN.upper(),
        f"{ORIGIN}.evil.com",
    ):
        reply = await live.post("/webhooks/web/sessions", json={"site_key": SITE}, headers={"Origin": origin})
        assert reply.status_code == 403, origin
        assert not [h for h in reply.headers if h.startswith("access-control")]
    own = await begin(live, SITE, Origin=ORIGIN)
    assert (await say(live, own, "hi")).headers["access-control-allow-origin"] == ORIGIN
    stolen = {**own, "Origin": "https://south.example.org"}
    reply = await say(live, stolen, "hi")
    assert reply.status_code == 403 and "access-control-allow-origin" not in reply.headers
    assert len(engine.turns) == 1


async def test_check_10_a_preflight_is_granted_to_listed_origins_alone(live: httpx.AsyncClient) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    good = await live.options(MESSAGES, headers={"Origin": ORIGIN, **asked})
    assert good.status_code == 204 and good.headers["access-control-allow-origin"] == ORIGIN
    assert "Authorization" in good.headers["access-control-allow-headers"] and good.headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in good.headers
    bad = await live.options(MESSAGES, headers={"Origin": "https://evil.example.com", **asked})
    assert bad.status_code == 403 and not [h for h in bad.headers if h.startswith("access-control")]


async def test_errors_can_be_read_by_the_sites_own_page(live: httpx.AsyncClient) -> None:
    own = await begin(live, SITE, Origin=ORIGIN)
    reply = await live.post(MESSAGES, json={}, headers=own)
    assert reply.status_code == 422 and reply.headers["access-control-allow-origin"] == ORIGIN


async def test_demo_keys_and_demo_page_are_gone_with_a_sites_file(live: httpx.AsyncClient) -> None:
    reply = await live.post("/webhooks/web/sessions", json={"site_key": "demo-north"})
    assert reply.status_code == 404 and reply.json()["error"]["code"] == "unknown_site"
    assert (await live.get("/")).status_code == 404


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
async def test_demo_keys_are_not_served_through_a_proxy(web: httpx.AsyncClient, header: str) -> None:
    through = {header: "203.0.113.7"}
    reply = await web.post("/webhooks/web/sessions", json={"site_key": "demo-north"}, headers=through)
    assert reply.status_code == 404
    assert (await web.get("/", headers=through)).status_code == 404
    assert (await say(web, {**await begin(web), **through}, "hi")).status_code == 401


async def test_the_same_message_id_gives_the_same_reply_and_no_second_turn(
    web: httpx.AsyncClient, engine: FakeEngine
) -> None:
    headers = await begin(web)
    first = await say(web, headers, "offer", message_id="m1")
    assert (await say(web, headers, "offer", message_id="m1")).json() == first.json()
    other = await say(web, headers, "something else", message_id="m1")
    assert other.status_code == 409 and other.json()["error"]["code"] == "reused_message_id"
    assert len(engine.turns) == 1


async def test_the_same_message_twice_at_once_is_one_turn(web: httpx.AsyncClient, engine: FakeEngine) -> None:
    headers = await begin(web)
    replies = await asyncio.gather(*(say(web, headers, "slow 0.1", message_id="m1") for _ in range(5)))
    assert {r.text for r in replies} == {replies[0].text} and len(engine.turns) == 1


async def test_messages_of_one_conversation_are_taken_in_order(web: httpx.AsyncClient, engine: FakeEngine) -> None:
    headers = await begin(web)
    slow = asyncio.create_task(say(web, headers, "slow 0.2"))
    await asyncio.sleep(0.05)
    quick = await say(web, headers, "quick")
    assert (await slow).json()["messages"][0]["text"] == "north 1: slow 0.2"
    assert quick.json()["messages"][0]["text"] == "north 2: quick"


async def test_a_client_that_hangs_up_finds_its_reply_when_it_tries_again(
    web: httpx.AsyncClient, engine: FakeEngine
) -> None:
    headers = await begin(web)
    with pytest.raises(httpx.ReadTimeout):
        await web.post(MESSAGES, json={"text": "slow 0.3", "message_id": "m"}, headers=headers, timeout=0.1)
    reply = await say(web, headers, "slow 0.3", message_id="m")
    assert reply.json()["messages"][0]["text"] == "north 1: slow 0.3" and len(engine.turns) == 1


async def test_a_button_is_pressed_by_its_id_and_only_in_its_conversation(
    web: httpx.AsyncClient, engine: FakeEngine
) -> None:
    headers, other = await begin(web), await begin(web)
    buttons = (await say(web, headers, "offer")).json()["messages"][0]["buttons"]
    assert [b["title"] for b in buttons] == ["One", "Two"]
    wrong = await web.post(MESSAGES, json={"choice": buttons[1]["id"]}, headers=other)
    assert wrong.status_code == 409 and wrong.json()["error"]["code"] == "old_choice"
    right = await web.post(MESSAGES, json={"choice": buttons[1]["id"]}, headers=headers)
    assert right.json()["messages"][0]["text"] == "north 2: Two"
    again = await web.post(MESSAGES, json={"choice": buttons[0]["id"]}, headers=headers)
    assert again.status_code == 409 and len(engine.turns) == 2


async def test_history_shows_what_was_said_and_the_buttons_that_still_count(web: httpx.AsyncClient) -> None:
    headers = await begin(web)
    await say(web, headers, "offer", message_id="m1")
    before = (await web.get("/webhooks/web/history", headers=headers)).json()["messages"]
    assert [m["from"] for m in before] == ["assistant", "patient", "assistant"]
    assert before[1]["message_id"] == "m1" and len(before[2]["buttons"]) == 2
    await say(web, headers, "next")
    after = (await web.get("/webhooks/web/history", headers=headers)).json()["messages"]
    assert len(after) == 5 and not any(m["buttons"] for m in after)


async def test_clear_chat_erases_all_and_ends_the_session(web: httpx.AsyncClient, engine: FakeEngine) -> None:
    headers = await begin(web)
    await say(web, headers, "a secret", message_id="m")
    assert (await web.delete("/webhooks/web/session", headers=headers)).status_code == 204
    assert engine.erased == [engine.turns[0][0]]
    for reply in (await say(web, headers, "again"), await web.get("/webhooks/web/history", headers=headers)):
        assert reply.status_code == 401 and reply.json()["error"]["code"] == "ended_session"


@pytest.fixture
async def hasty(site_file: Any, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A server whose turns may take 0.2 s."""
    monkeypatch.setenv("FAQBOT_WEB_DEADLINE", "0.2")
    settings.cache_clear()
    async with serving(engine) as client:
        yield client


async def test_a_turn_that_takes_too_long_is_met_with_words_and_does_not_come_late(
    hasty: httpx.AsyncClient, engine: FakeEngine
) -> None:
    headers = await begin(hasty, SITE)
    late = (await say(hasty, headers, "slow 0.4")).json()
    assert late["kind"] == "error" and "911" in late["messages"][0]["text"]
    assert late["messages"][1]["text"] == "Call 555-0100."
    await asyncio.sleep(0.4)
    assert (await say(hasty, headers, "next")).json()["messages"][0]["text"] == "north 1: next"


async def test_danger_is_met_with_help_when_the_engine_hangs(
    hasty: httpx.AsyncClient, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(**_: Any) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(engine, "reply", hang)
    reply = (await say(hasty, await begin(hasty, SITE), "i want to die")).json()
    assert reply["kind"] == "crisis" and "988" in reply["messages"][0]["text"]


async def test_an_error_of_ours_is_json_and_says_nothing_of_the_cause(web: httpx.AsyncClient) -> None:
    reply = await say(web, await begin(web), "break")
    assert reply.status_code == 500 and reply.json()["error"]["code"] == "internal"
    assert "break" not in reply.text and "default-src 'none'" in reply.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path", ["/version", "/conversations/x/tracker", "/status", "/model", "/webhooks/rest/webhook"]
)
async def test_check_27_only_listed_paths_are_in_reach(web: httpx.AsyncClient, path: str) -> None:
    for method in ("GET", "POST", "PUT", "OPTIONS"):
        reply = await web.request(method, path)
        assert reply.status_code == 404 and reply.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    "path", ["//version", "/webhooks/web/../../version", "/%76ersion", "/version/", "/webhooks/web/messages/"]
)
async def test_check_27_no_spelling_of_a_path_gets_round_the_gate(web: httpx.AsyncClient, path: str) -> None:
    request = httpx.Request("GET", f"{web.base_url}", headers={"Host": "x"})
    request.url = httpx.URL(str(web.base_url)).copy_with(raw_path=path.encode())
    assert (await web.send(request)).status_code in {400, 404}


async def test_another_method_is_refused_with_those_that_are_taken(web: httpx.AsyncClient) -> None:
    reply = await web.put(MESSAGES, json={})
    assert reply.status_code == 405 and reply.headers["allow"] == "POST"


async def test_every_answer_has_the_security_headers(web: httpx.AsyncClient) -> None:
    for path in ("/", "/nowhere", "/live", "/widget.js", "/webhooks/web/history"):
        headers = (await web.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "strict-transport-security" not in headers


async def test_behind_a_trusted_proxy_the_patients_address_and_https_count(
    site_file: Any, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAQBOT_TRUSTED_PROXIES", "127.0.0.0/8")
    monkeypatch.setenv("FAQBOT_WEB_ADDRESS_LIMIT", "4")
    settings.cache_clear()
    async with serving(engine) as client:

        async def start(address: str) -> httpx.Response:
            forwarded = {"X-Forwarded-For": f"10.9.9.9, {address}", "X-Forwarded-Proto": "https"}
            return await client.post("/webhooks/web/sessions", json={"site_key": SITE}, headers=forwarded)

        first, second, other = await start("203.0.113.1"), await start("203.0.113.1"), await start("203.0.113.2")
    assert [first.status_code, second.status_code, other.status_code] == [201, 429, 201]
    assert first.headers["strict-transport-security"].startswith("max-age")


async def test_live_and_ready_and_what_is_not(web: httpx.AsyncClient, engine: FakeEngine) -> None:
    assert (await web.get("/live")).json() == {"live": True}
    reply = await web.get("/ready")  # no action server runs here
    assert reply.status_code == 503
    assert reply.json()["checks"] == {
        "model": "ok",
        "index": "unknown",
        "action_server": "failed",
        "database": "unknown",
    }


async def test_the_description_of_the_api_is_served(web: httpx.AsyncClient) -> None:
    assert (await web.get("/webhooks/web/openapi.json")).json()["openapi"].startswith("3.1")


async def test_a_second_line_of_forwarding_does_not_hide_the_proxys(
    site_file: Any, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAQBOT_TRUSTED_PROXIES", "127.0.0.0/8")
    monkeypatch.setenv("FAQBOT_WEB_ADDRESS_LIMIT", "4")
    settings.cache_clear()
    async with serving(engine) as client:
        replies = []
        for invented in ("192.0.2.1", "192.0.2.2"):
            lines = [("X-Forwarded-For", invented), ("X-Forwarded-For", "203.0.113.1")]
            replies.append(await client.post("/webhooks/web/sessions", json={"site_key": SITE}, headers=lines))
    assert [r.status_code for r in replies] == [201, 429]


async def test_danger_is_met_with_help_beyond_the_limits(
    small_faq: Any, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAQBOT_WEB_SESSION_LIMIT", "1")
    settings.cache_clear()
    async with serving(engine) as client:
        headers = await begin(client)
        assert (await say(client, headers, "hi")).status_code == 200
        assert (await say(client, headers, "hi")).status_code == 429
        reply = await say(client, headers, "i want to die")
    assert reply.status_code == 200 and reply.json()["kind"] == "crisis"
    assert "988" in reply.json()["messages"][0]["text"] and len(engine.turns) == 1


async def test_without_redis_danger_is_met_with_help_and_the_rest_with_503(
    small_faq: Any, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAQBOT_REDIS_URL", "redis://127.0.0.1:1/0")
    settings.cache_clear()
    async with serving(engine) as client:
        headers = await begin(client)
        assert (await say(client, headers, "how much is it?")).status_code == 503
        assert (await say(client, headers, "i want to die")).json()["kind"] == "crisis"
        assert (await client.get("/webhooks/web/history", headers=headers)).status_code == 503
        assert (await client.delete("/webhooks/web/session", headers=headers)).status_code == 503


async def test_a_refused_token_can_be_read_by_pages_of_the_sites_alone(live: httpx.AsyncClient) -> None:
    bad = {"Authorization": "Bearer x"}
    own = await say(live, {**bad, "Origin": ORIGIN}, "hi")
    assert own.status_code == 401 and own.headers["access-control-allow-origin"] == ORIGIN
    foreign = await say(live, {**bad, "Origin": "https://evil.example.com"}, "hi")
    assert foreign.status_code == 401 and "access-control-allow-origin" not in foreign.headers


async def test_danger_does_not_wait_behind_turns_that_hang(
    hasty: httpx.AsyncClient, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(**_: Any) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(engine, "reply", hang)
    sessions = [await begin(hasty, SITE) for _ in range(25)]
    waiting = [asyncio.create_task(say(hasty, headers, "hi")) for headers in sessions[1:]]
    await asyncio.sleep(0.05)
    began = time.monotonic()
    reply = (await say(hasty, sessions[0], "i want to die")).json()
    assert reply["kind"] == "crisis" and time.monotonic() - began < 0.5
    assert {r.json()["kind"] for r in await asyncio.gather(*waiting)} == {"error"}


async def test_a_server_looks_at_the_shared_switch_before_its_first_message(
    site_file: Path, engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, looked = f"sqlite:///{tmp_path / 'switch.sqlite3'}", threading.Event()

    def look(_: Any) -> frozenset[str]:
        looked.set()
        return frozenset()

    monkeypatch.setattr(shared_switch, "_read", look)
    monkeypatch.setenv("FAQBOT_DATABASE_URL", url)
    settings.cache_clear()
    async with serving(engine):
        assert await asyncio.get_running_loop().run_in_executor(None, looked.wait, 5)
        shared_switch.shared(url).close()
