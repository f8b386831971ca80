"""What Rasa is told of the parts around it: action servers, conversations' database, locks, event broker."""

from __future__ import annotations

import json
from urllib.parse import unquote, urlsplit

from bot.errors import SettingsError
from bot.settings import Settings

TRACKERS = "bot.channels.trackers.SqlTrackers"
IN_MEMORY = "bot.channels.memory_trackers.MemoryTrackers"
REDIS_SECONDS = 1.0  # Rasa asks Redis on its event loop: where Redis hangs, all wait as long
QUEUE = "faqbot"
SEE = "; see docs/settings.md"


def endpoints(settings: Settings, action_port: int) -> str:
    """The text of Rasa's endpoints file. Without further settings conversations and locks are in memory.

    Raises SettingsError for an address that cannot be one.
    """
    # the domain goes to the actions that ask for it in domain.yml, not with every call
    action = {"url": f"http://127.0.0.1:{action_port}/webhook", "enable_selective_domain": True}
    parts: dict[str, object] = {"action_endpoint": action, "tracker_store": {"type": IN_MEMORY}}
    if settings.tracker_url:
        parts["tracker_store"] = {"type": TRACKERS, "url": settings.tracker_url}
    if settings.redis_url:
        parts["lock_store"] = _lock_store(settings.redis_url)
    if settings.event_broker_url:
        parts["event_broker"] = _event_broker(settings.event_broker_url)
    return json.dumps(parts)  # which is YAML too


def require_whole(settings: Settings) -> None:
    """Raise SettingsError where several workers would each have a memory of their own."""
    if settings.workers == 1:
        return
    for name, mend in (
        ("redis_url", "an address of Redis, like redis://127.0.0.1:6379/0"),
        ("tracker_url", "the address of a database for the conversations, like postgresql://user:password@host/name"),
    ):
        if not getattr(settings, name):
            raise SettingsError(
                f"FAQBOT_WORKERS is {settings.workers} and FAQBOT_{name.upper()} is empty: workers that share nothing "
                f"would tear conversations apart. Set it to {mend}, or FAQBOT_WORKERS to 1"
            )


def _lock_store(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname:
        raise SettingsError(f"FAQBOT_REDIS_URL is no address of Redis; write one like redis://127.0.0.1:6379/0{SEE}")
    number = parts.path.strip("/")
    if number and not number.isdigit():
        raise SettingsError(f"FAQBOT_REDIS_URL: the database is a number, not '{number}'{SEE}")
    store: dict[str, object] = {
        "type": "redis", "url": parts.hostname, "port": parts.port or 6379, "db": int(number or 0),
        "use_ssl": parts.scheme == "rediss", "key_prefix": "faqbot", "socket_timeout": REDIS_SECONDS,
    }  # fmt: skip
    if parts.password:
        store["password"] = unquote(parts.password)
    if parts.username:
        store["username"] = unquote(parts.username)
    return store


def _event_broker(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme not in {"amqp", "amqps"} or not parts.hostname:
        raise SettingsError(
            f"FAQBOT_EVENT_BROKER_URL is no address of RabbitMQ; write one like amqp://user:password@host:5672{SEE}"
        )
    port = parts.port or (5671 if parts.scheme == "amqps" else 5672)
    return {
        "type": "pika", "url": parts.hostname, "port": port, "username": unquote(parts.username or "guest"),
        "password": unquote(parts.password or "guest"), "queues": [QUEUE],
    }  # fmt: skip
