"""The pure parts: tokens, secret, limits, the client behind proxies, bodies, what is remembered."""

from __future__ import annotations

import stat
from pathlib import Path

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web.bodies import plain, read_message, read_object
from bot.channels.web.client import client_of, networks
from bot.channels.web.conversation import MAX_HISTORY, MAX_REPLIES, Conversation
from bot.channels.web.limits import Buckets
from bot.channels.web.problems import WebError
from bot.channels.web.secret import FILE, Keys, load_keys
from bot.channels.web.tokens import LIFETIME, LONGEST, Tokens


class Clock:
    """A clock that tests turn."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


KEYS = Keys(b"k" * 32)


def code(tokens: Tokens, token: str) -> str:
    """Why a token is refused."""
    with pytest.raises(WebError) as caught:
        tokens.read(token)
    return caught.value.code


def test_a_token_brings_back_its_session_until_it_expires() -> None:
    clock = Clock()
    tokens = Tokens(KEYS, clock=clock)
    token, session = tokens.start(site="s", clinic="north")
    assert tokens.read(token) == session and session.expires == 1_000_000 + LIFETIME
    clock.now += LIFETIME
    assert code(tokens, token) == "expired_token"


def test_sessions_are_random_and_conversations_do_not_show_them() -> None:
    tokens = Tokens(KEYS)
    sessions = [tokens.start(site="s", clinic="north")[1] for _ in range(50)]
    assert len({s.id for s in sessions}) == len({s.conversation for s in sessions}) == 50
    assert all(len(s.id) >= 32 and s.id not in s.conversation for s in sessions)
    other = Tokens(Keys(b"o" * 32))
    assert other._session(sessions[0].id, "s", "north", 0, 0).conversation != sessions[0].conversation


def test_tokens_of_another_secret_without_a_claim_or_unsigned_are_refused() -> None:
    tokens = Tokens(KEYS)
    token, _ = tokens.start(site="s", clinic="north")
    assert code(Tokens(Keys(b"o" * 32)), token) == "bad_token"
    claims = jwt.decode(token, options={"verify_signature": False})
    assert code(tokens, jwt.encode(claims, None, algorithm="none")) == "bad_token"
    for name in claims:
        less = {k: v for k, v in claims.items() if k != name}
        assert code(tokens, jwt.encode(less, KEYS.key("token"), algorithm="HS256")) == "bad_token", name
    assert code(tokens, "") == "no_token"


@given(st.text(max_size=60))
def test_no_text_passes_for_a_token(text: str) -> None:
    assert code(Tokens(KEYS), text) in {"bad_token", "no_token"}


def test_a_session_in_use_is_renewed_after_half_its_time_and_for_a_day_at_most() -> None:
    clock = Clock()
    tokens = Tokens(KEYS, clock=clock)
    _, session = tokens.start(site="s", clinic="north")
    assert tokens.renewed(session) is None
    for _ in range(200):
        clock.now += LIFETIME / 2 + 1
        fresh = tokens.renewed(session)
        if fresh is None:
            break
        assert fresh[1].conversation == session.conversation and fresh[1].began == session.began
        session = tokens.read(fresh[0])
    assert session.expires == session.began + LONGEST


def test_the_secret_is_made_once_and_for_its_user_only(tmp_path: Path) -> None:
    first = load_keys("", tmp_path / "run")
    assert load_keys("", tmp_path / "run") == first and len(first.secret) >= 32
    assert stat.S_IMODE((tmp_path / "run" / FILE).stat().st_mode) == 0o600
    assert load_keys("", tmp_path / "other") != first
    assert load_keys("g" * 32, tmp_path / "run").secret == b"g" * 32
    (tmp_path / "run" / FILE).write_bytes(b"cut")
    assert len(load_keys("", tmp_path / "run").secret) >= 32


async def test_a_bucket_fills_again_within_a_minute() -> None:
    clock = Clock()
    buckets = Buckets(6, clock=clock)
    assert [await buckets.take("a") for _ in range(7)] == [0] * 6 + [10]
    clock.now += 9
    assert await buckets.take("a") == 1
    clock.now += 1
    assert [await buckets.take("a"), await buckets.take("a")] == [0, 10]
    clock.now += 3600
    assert [await buckets.take("a") for _ in range(7)].count(0) == 6


async def test_buckets_stay_bounded() -> None:
    buckets = Buckets(1, max_keys=10)
    for i in range(1000):
        await buckets.take(str(i))
    assert len(buckets._filled) == 10


PROXY = networks("127.0.0.1/32, 10.0.0.0/8")


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "1.2.3.4, 203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "1.2.3.4, 203.0.113.7, 10.0.0.5", "203.0.113.7"),
        ("127.0.0.1", "10.0.0.9", "10.0.0.9"),
        ("127.0.0.1", "203.0.113.7, nonsense", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("198.51.100.1", "203.0.113.7", "198.51.100.1"),
        ("::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("", "203.0.113.7", ""),
    ],
)
def test_only_trusted_proxies_say_who_asks(peer: str, forwarded: str, address: str) -> None:
    headers = {"x-forwarded-for": forwarded, "x-forwarded-proto": "https"}
    client = client_of(peer, headers, PROXY)
    assert client.address == address and not client.here
    assert client.secure == (peer.endswith("127.0.0.1"))


def test_here_is_a_loopback_peer_without_proxies() -> None:
    assert client_of("127.0.0.1", {}, ()).here and client_of("::1", {}, ()).here
    assert not client_of("192.0.2.1", {}, ()).here
    assert not client_of("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, ()).here
    assert not client_of("127.0.0.1", {}, PROXY).here
    assert not client_of("", {}, ()).here


def test_one_ipv6_customer_counts_as_one() -> None:
    one, two, other = (client_of(a, {}, ()).network for a in ("2001:db8::1", "2001:db8::ffff:1", "2001:db8:1::1"))
    assert one == two != other


@given(st.binary(max_size=200))
def test_any_body_is_an_object_or_a_problem(body: bytes) -> None:
    try:
        assert isinstance(read_object("application/json; charset=utf-8", body), dict)
    except WebError as error:
        assert error.status == 400


FIELDS = st.sampled_from(["text", "choice", "message_id", "sender"])
VALUES = st.one_of(st.none(), st.text(), st.integers())


@given(st.dictionaries(FIELDS, VALUES))
def test_any_object_is_a_message_or_a_problem(data: dict[str, object]) -> None:
    try:
        message = read_message(data)
    except WebError as error:
        assert error.status == 422
    else:
        assert ("text" in data) != ("choice" in data) and (message.text == plain(str(data.get("text", ""))))


@given(st.text(st.characters()))
def test_plain_text_can_be_stored_anywhere(text: str) -> None:
    assert "\0" not in plain(text) and plain(plain(text).encode().decode()) == plain(text)


def message(text: str, *titles: str) -> dict[str, object]:
    """A message of Rasa."""
    return {"text": text, "buttons": [{"title": t} for t in titles], "sources": []}


def test_what_is_remembered_is_bounded_and_survives_writing() -> None:
    conversation = Conversation()
    for i in range(300):
        reply = conversation.said(f"q{i}", f"m{i}", "answer", [message(f"a{i}", "x")], at=i)
        conversation.keep(f"m{i}", "f", reply)
    assert len(conversation.history) == MAX_HISTORY and len(conversation.replies) == MAX_REPLIES
    assert "m299" in conversation.replies and len(conversation.choices) == 1
    assert Conversation.from_json(conversation.to_json()) == conversation


def test_equal_titles_have_different_ids() -> None:
    conversation = Conversation()
    reply = conversation.said("q", "", "clarify", [message("a", "x", "x"), message("b", "x")], at=1)
    assert len({b["id"] for m in reply["messages"] for b in m["buttons"]}) == 3 == len(conversation.choices)


def test_a_reply_about_abuse_comes_with_a_quick_way_out_also_in_the_history() -> None:
    conversation = Conversation()
    reply = conversation.said("q", "", "crisis", [{**message("a"), "help": "abuse"}], at=1)
    assert reply["messages"][0]["quick_exit"] is True and conversation.shown()[1]["quick_exit"] is True
    conversation.said("q", "", "answer", [message("a"), {**message("b"), "help": "abuse"}], at=2)
    assert ["quick_exit" in m for m in conversation.shown()[2:]] == [False, False, True]
