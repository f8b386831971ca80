"""What Rasa is told of the parts around it, and that several workers share what they must."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.endpoints import endpoints, require_whole
from bot.errors import ServingError, SettingsError
from bot.servers import Assistant
from bot.settings import Settings

REDIS, DATABASE = "redis://127.0.0.1:6379/3", "postgresql://u:p@db/name"


def told(**chosen: Any) -> dict[str, Any]:
    """The endpoints as Rasa reads them."""
    parts: dict[str, Any] = json.loads(endpoints(Settings(**chosen), 5055))
    return parts


def test_without_settings_all_is_in_memory_and_here() -> None:
    action_server = {"url": "http://127.0.0.1:5055/webhook", "enable_selective_domain": True}
    in_memory = {"type": "bot.channels.memory_trackers.MemoryTrackers"}
    assert told() == {"action_endpoint": action_server, "tracker_store": in_memory}


def test_conversations_are_kept_where_a_database_for_them_is_named() -> None:
    store = told(tracker_url="sqlite:///x")["tracker_store"]
    assert store == {"type": "bot.channels.trackers.SqlTrackers", "url": "sqlite:///x"}


def test_locks_are_in_redis_where_it_is_named() -> None:
    store = told(redis_url="rediss://me:s%40t@redis.example.org/3")["lock_store"]
    assert store == {
        "type": "redis", "url": "redis.example.org", "port": 6379, "db": 3, "use_ssl": True, "key_prefix": "faqbot",
        "socket_timeout": 1.0, "username": "me", "password": "s@t",
    }  # fmt: skip


def test_events_go_to_rabbitmq_where_it_is_named() -> None:
    broker = told(event_broker_url="amqp://me:s%40t@mq.example.org")["event_broker"]
    assert broker == {
        "type": "pika", "url": "mq.example.org", "port": 5672, "username": "me", "password": "s@t",
        "queues": ["faqbot"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("redis_url", "localhost:6379"),
        ("redis_url", "http://x"),
        ("redis_url", "redis://x/one"),
        ("event_broker_url", "mq.example.org"),
        ("event_broker_url", "http://mq.example.org"),
    ],
)
def test_what_is_no_address_is_an_error_that_names_the_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=rf"^FAQBOT_{name.upper()}.+docs/settings\.md$"):
        told(**{name: value})


@pytest.mark.parametrize(
    ("chosen", "missing"),
    [
        ({}, "FAQBOT_REDIS_URL"),
        ({"tracker_url": DATABASE}, "FAQBOT_REDIS_URL"),
        ({"redis_url": REDIS}, "FAQBOT_TRACKER_URL"),
    ],
)
def test_several_workers_that_share_nothing_are_refused_with_the_mend(chosen: dict[str, str], missing: str) -> None:
    with pytest.raises(SettingsError, match=rf"^FAQBOT_WORKERS is 2 and {missing} is empty.+Set it to"):
        Assistant(Settings(workers=2, **chosen), port=1, action_port=2, progress=print).__enter__()
    require_whole(Settings(workers=1, **chosen))


def test_several_workers_with_redis_and_a_database_are_let_in(tmp_path: Any) -> None:
    chosen = Settings(workers=2, redis_url=REDIS, tracker_url=DATABASE, models_dir=tmp_path, run_dir=tmp_path)
    with pytest.raises(ServingError, match="no model"):  # it gets as far as this
        Assistant(chosen, port=1, action_port=2, progress=print).__enter__()


def test_several_action_servers_are_processes_of_their_own_behind_one_port() -> None:
    servers = Assistant(Settings(action_servers=3), port=1, action_port=2, progress=print)._action_servers()
    assert [s.name for s in servers] == ["actions", "actions-2", "actions-3"]
    assert {s.env["FAQBOT_ACTION_PORT"] for s in servers} == {"2"} and len({s.log for s in servers}) == 3
    assert {s.env["FAQBOT_ACTION_SERVERS"] for s in servers} == {"3"}
