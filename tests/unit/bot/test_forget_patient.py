"""Forgetting a patient outside the consult database: each place is emptied of them alone, or named."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, select

from bot.channels.sms.compose import Composed
from bot.channels.sms.incoming import Incoming
from bot.channels.sms.ledger import Done, Ledger
from bot.channels.sms.privacy import Keys
from bot.channels.sms.tables import CONSENT, INBOX, OUTBOX, SENDERS
from bot.channels.web.conversation import Conversation
from bot.channels.web.redis_state import RedisState
from bot.channels.web.state import StateError
from bot.consult.conversations import EVENTS
from bot.errors import ConsultError, SettingsError
from bot.forgetting import MEMORY, WEB_MEMORY, WEB_REDIS, forget
from bot.settings import Settings, settings
from tests.consult.fixtures import database_url, postgres_url, sqlite_url

__all__ = ["database_url", "postgres_url", "sqlite_url"]

SECRET = "s" * 32
KEYS = Keys(SECRET)
PHONE, OTHER, OURS = "+12125550123", "+12125550199", "+15555550100"
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0")
IN_MEMORY = WEB_MEMORY.format(minutes=60)


@pytest.fixture
def chosen(tmp_path: Path, database_url: str) -> Settings:
    """A server with databases for conversations and texts, of each kind in turn."""
    tracker = database_url if database_url.startswith("postgresql") else f"sqlite:///{tmp_path / 'tracker.sqlite3'}"
    return settings().copy(update={"database_url": database_url, "tracker_url": tracker, "sms_key": SECRET})


@pytest.fixture
def ledger(chosen: Settings) -> Iterator[Ledger]:
    """The ledger of texts, in which two patients have written."""
    ledger = Ledger(chosen.sms_database_url, KEYS, clock=time.time, owner="me:1:1")
    for phone in (PHONE, OTHER):
        texted(ledger, phone)
    yield ledger
    ledger.close()


def texted(ledger: Ledger, phone: str, *, change: str = "") -> None:
    """A text and its reply."""
    message = Incoming(sid=uuid.uuid4().hex, sender=phone, number=OURS, body="how much is it?")
    sender = KEYS.sender(phone, "pain-team")
    ledger.receive(message, sender)
    person = ledger.begin(message.sid, sender, "pain-team")
    assert person is not None
    reply = Composed("It costs.", rest=("More.",), choices=("One",))
    done = Done("answer", reply, change=(change, "keyword") if change else None)
    ledger.finish(message, person, done, hand=False, received_at=time.time())


def kept(chosen: Settings) -> dict[str, set[str]]:
    """Whose rows there are in each table of the ledger."""
    engine = create_engine(chosen.sms_database_url, future=True)
    with engine.connect() as connection:
        found = {
            t.name: set(connection.execute(select(t.c.sender)).scalars()) for t in (INBOX, OUTBOX, SENDERS, CONSENT)
        }
    engine.dispose()
    return found


def conversations(chosen: Settings, *add: str) -> set[str]:
    """The conversations in the tracker store, after adding these."""
    engine = create_engine(chosen.tracker_url, future=True)
    with engine.begin() as connection:
        EVENTS.metadata.create_all(connection)
        for sender in add:
            connection.execute(insert(EVENTS).values(sender_id=sender, type_name="user", timestamp=1.0, data="{}"))
        found = set(connection.execute(select(EVENTS.c.sender_id)).scalars())
    engine.dispose()
    return found


def theirs(phone: str) -> str:
    """The conversation by SMS from a phone."""
    return KEYS.conversation(KEYS.sender(phone, "pain-team"), 0)


def test_a_phone_takes_its_texts_and_their_conversations_and_no_others(chosen: Settings, ledger: Ledger) -> None:
    conversations(chosen, "web-1", "web-2", theirs(PHONE), theirs(OTHER))
    assert forget(chosen, ["web-1"], phone=PHONE) == (IN_MEMORY,)
    assert conversations(chosen) == {"web-2", theirs(OTHER)}
    other = {KEYS.sender(OTHER, "pain-team")}
    assert kept(chosen) == {"sms_inbox": other, "sms_outbox": other, "sms_senders": other, "sms_consent": set()}


def test_a_conversation_by_sms_takes_the_texts_of_its_sender(chosen: Settings, ledger: Ledger) -> None:
    conversations(chosen, theirs(PHONE))
    assert forget(chosen, [theirs(PHONE)]) == ()
    assert conversations(chosen) == set()
    assert kept(chosen)["sms_inbox"] == {KEYS.sender(OTHER, "pain-team")}


def test_an_opt_out_stays_and_holds(chosen: Settings, ledger: Ledger) -> None:
    texted(ledger, PHONE, change="out")
    forget(chosen, [], phone=PHONE)
    sender = KEYS.sender(PHONE, "pain-team")
    assert kept(chosen)["sms_consent"] == {sender}
    assert ledger.receive(Incoming("SM-next", PHONE, OURS, "hi"), sender)
    person = ledger.begin("SM-next", sender, "pain-team")
    assert person and person.out_by == "keyword"


def test_without_a_database_of_conversations_it_is_said_that_they_are_in_memory(chosen: Settings) -> None:
    assert forget(chosen.copy(update={"tracker_url": "", "sms_key": ""}), ["web-1"]) == (MEMORY, IN_MEMORY)
    assert forget(chosen, []) == ()


def test_a_ledger_that_fails_or_has_other_keys_is_an_error(chosen: Settings, ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="another FAQBOT_SMS_KEY"):
        forget(chosen.copy(update={"sms_key": "t" * 32}), [], phone=PHONE)
    with pytest.raises(ConsultError, match="the SMS database failed"):
        forget(chosen.copy(update={"database_url": f"sqlite:///{tmp_path}"}), [], phone=PHONE)


def test_what_the_web_page_shows_goes_out_of_redis(chosen: Settings, socket_enabled: None) -> None:
    name, other = f"web-{uuid.uuid4().hex}", f"web-{uuid.uuid4().hex}"

    async def there(*, begin: bool = False) -> list[bool]:
        state = RedisState(REDIS)
        try:
            if begin:
                for id_ in (name, other):
                    await state.save(id_, Conversation(history=[{"text": "x"}]))
            return [bool((await state.load(id_)).history) for id_ in (name, other)]
        finally:
            await state.close()

    try:
        assert asyncio.run(there(begin=True)) == [True, True]
    except StateError:
        pytest.skip("no Redis on 127.0.0.1:6379; start redis-server, or set TEST_REDIS_URL")
    assert forget(chosen.copy(update={"redis_url": REDIS, "sms_key": ""}), [name]) == ()
    assert asyncio.run(there()) == [False, True]


def test_a_redis_that_is_away_is_named(chosen: Settings, socket_enabled: None) -> None:
    away = chosen.copy(update={"redis_url": "redis://127.0.0.1:1/0", "sms_key": ""})
    cause = "Redis: ConnectionError; check FAQBOT_REDIS_URL"
    assert forget(away, ["web-1"]) == (WEB_REDIS.format(cause=cause, minutes=60),)
