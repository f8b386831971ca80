"""How much waits in the outboxes: of consult notifications, and of SMS replies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

PATIENCE = 2  # seconds for a database that does not answer

# Written here in SQL: this package may import neither the channels nor what they import.
WAITING: Mapping[str, tuple[str, str]] = {
    "consult": (
        "consult_outbox",
        "SELECT CASE WHEN dead_at IS NULL THEN 'waiting' ELSE 'dead' END, count(*) FROM consult_outbox"
        " WHERE delivered_at IS NULL GROUP BY 1",
    ),
    "sms": (
        "sms_outbox",
        "SELECT CASE WHEN state = 'failed' THEN 'dead' ELSE 'waiting' END, count(*) FROM sms_outbox"
        " WHERE state IN ('ready', 'check', 'handing', 'failed') GROUP BY 1",
    ),
}
STATES = ("waiting", "dead")


@dataclass
class Queue:
    """One outbox: how many messages by state; None where it could not be read."""

    counts: dict[str, int] | None


class Queues(Collector):
    """Reads the outboxes when `sample` is called; what it read last is collected at a scrape, which waits for none."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        """`addresses` are the SQLAlchemy addresses of the outboxes' databases by name ("consult", "sms")."""
        self._engines = {name: _engine(url) for name, url in addresses.items()}
        self._seen: dict[str, Queue] = {}

    def sample(self) -> None:
        """Read all outboxes. One whose table does not exist is in no use, and not told of."""
        for name, engine in self._engines.items():
            table, query = WAITING[name]
            try:
                with engine.connect() as connection:
                    if not inspect(connection).has_table(table):
                        self._seen.pop(name, None)
                        continue
                    found = {str(state): int(count) for state, count in connection.execute(text(query))}
            except SQLAlchemyError:
                self._seen[name] = Queue(None)
                continue
            self._seen[name] = Queue({state: found.get(state, 0) for state in STATES})

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What Prometheus reads."""
        messages = GaugeMetricFamily(
            "faqbot_outbox_messages", "Messages not handed over yet, and given up.", labels=["outbox", "state"]
        )
        readable = GaugeMetricFamily("faqbot_outbox_readable", "1 where the outbox can be read.", labels=["outbox"])
        for name, queue in sorted(self._seen.items()):
            readable.add_metric([name], float(queue.counts is not None))
            for state, count in _told(queue):
                messages.add_metric([name, state], count)
        yield messages
        yield readable


def _told(queue: Queue) -> Iterable[tuple[str, float]]:
    return [(state, float(count)) for state, count in (queue.counts or {}).items()]


def _engine(url: str) -> Any:
    backend = make_url(url).get_backend_name()
    patience = {"timeout": PATIENCE} if backend == "sqlite" else {"connect_timeout": PATIENCE}
    return create_engine(url, future=True, hide_parameters=True, pool_pre_ping=True, connect_args=patience)
