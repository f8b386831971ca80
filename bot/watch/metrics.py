"""The metrics by name. Importing this imports prometheus_client: `bot.watch.start` does so where a port is set.

Several processes of one machine (workers, the action server) write their values into files of one folder, and one of
them shows the sum of all (`bot.watch.exporter`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

from bot.watch.labels import CHANNELS, DANGERS, DECLINED, FAILURES, HELP, KINDS, PARTS, PROCESSES, VERSIONS, one_of

TURN_SECONDS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
PART_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """All metrics of one process; `clinics` are the ids that a label may have."""

    def __init__(self, clinics: Collection[str], registry: CollectorRegistry = REGISTRY) -> None:
        self._clinics = frozenset(clinics)
        self._versions: dict[str, str] = {}
        more: dict[str, Any] = {"registry": registry}
        self._turns = Counter(
            "faqbot_turns", "Messages of patients that got a reply.", ["channel", "clinic", "kind"], **more
        )
        self._declined = Counter(
            "faqbot_declined", "Replies without an answer, by the reason.", ["channel", "clinic", "reason"], **more
        )
        self._dangers = Counter(
            "faqbot_dangers", "Messages in which the safety screen saw a danger.",
            ["channel", "clinic", "danger", "reply"], **more,
        )  # fmt: skip
        self._failures = Counter("faqbot_failures", "Turns that went wrong behind the channel.", ["what"], **more)
        self._seconds = Histogram(
            "faqbot_turn_seconds", "From a message to its reply.", ["channel"], buckets=TURN_SECONDS, **more
        )
        self._parts = Histogram("faqbot_part_seconds", "The parts of a turn.", ["part"], buckets=PART_SECONDS, **more)
        live: dict[str, Any] = {"multiprocess_mode": "livemax", **more}
        self._version = Gauge(
            "faqbot_version", "1 for what is served now, 0 for what was.", ["part", "version"], **live
        )
        self._memory = Gauge(
            "faqbot_memory_bytes", "Resident memory of the processes.", ["process"],
            multiprocess_mode="livesum", **more,
        )  # fmt: skip

    def turn(self, *, channel: str, clinic: str, kind: str, seconds: float | None) -> None:
        """A reply was given, after so many seconds (None where the turn was given up)."""
        where = one_of(channel, CHANNELS)
        self._turns.labels(where, one_of(clinic, self._clinics), one_of(kind, KINDS)).inc()
        if seconds is not None:
            self._seconds.labels(where).observe(seconds)

    def declined(self, *, channel: str, clinic: str, reason: str) -> None:
        """A reply gave no answer."""
        labels = one_of(channel, CHANNELS), one_of(clinic, self._clinics), one_of(reason, DECLINED)
        self._declined.labels(*labels).inc()

    def danger(self, *, channel: str, clinic: str, danger: str, reply: str) -> None:
        """The screen saw a danger; `reply` is "help" or "line"."""
        labels = one_of(channel, CHANNELS), one_of(clinic, self._clinics), one_of(danger, DANGERS)
        self._dangers.labels(*labels, one_of(reply, HELP)).inc()

    def failed(self, what: str) -> None:
        """Something went wrong in a turn."""
        self._failures.labels(one_of(what, FAILURES)).inc()

    def part(self, name: str, seconds: float) -> None:
        """A part of a turn took so long."""
        self._parts.labels(one_of(name, PARTS)).observe(seconds)

    def version(self, part: str, version: str) -> None:
        """What is served now."""
        before = self._versions.get(part)
        if before == version:
            return
        self._versions[part] = version
        where = one_of(part, VERSIONS)
        if before is not None:
            self._version.labels(where, before).set(0)  # labels of files shared between processes cannot be removed
        self._version.labels(where, version).set(1)

    def memory(self, process: str, resident: int) -> None:
        """Resident bytes of this process."""
        self._memory.labels(one_of(process, PROCESSES)).set(resident)
