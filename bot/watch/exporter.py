"""The metrics' port: one process of the machine shows the values of all, and another takes over when it ends."""

from __future__ import annotations

import logging
import os
import re
import threading
import time
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from bot.watch.metrics import Metrics
from bot.watch.queues import Queues

logger = logging.getLogger(__name__)

PERIOD = 5.0  # seconds between samples, and between tries to take over the port
_OF_A_PROCESS = re.compile(r"gauge_live\w*_(\d+)\.db")


class Exporter:
    """Samples what is not counted in turns, and serves all of it where it gets the port."""

    def __init__(self, metrics: Metrics, queues: Queues, *, process: str, folder: Path, host: str, port: int) -> None:
        self._metrics, self._queues = metrics, queues
        self._process, self._folder, self._host, self._port = process, folder, host, port
        self._server: Any = None

    def start(self) -> None:
        """Go on in a thread for as long as the process lives."""
        threading.Thread(target=self._forever, name="watch", daemon=True).start()

    def step(self) -> bool:
        """One sample; returns whether this process is the one that serves the port."""
        self._metrics.memory(self._process, resident())
        if self._server is None and not self._listens():
            return False
        forget_dead(self._folder)
        self._queues.sample()
        return True

    def _forever(self) -> None:
        while True:
            try:
                self.step()
            except Exception:
                logger.exception("the metrics could not be sampled")
            time.sleep(PERIOD)

    def _listens(self) -> bool:
        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=str(self._folder))  # type: ignore[no-untyped-call]
        registry.register(self._queues)
        try:
            self._server = start_http_server(self._port, addr=self._host, registry=registry)
        except OSError:
            return False  # another process of this machine has it
        logger.info("metrics at http://%s:%d/metrics", self._host, self._port)
        return True


def forget_dead(folder: Path) -> None:
    """Take away the gauges of processes that have ended; their counters stay."""
    for file in folder.glob("gauge_live*.db"):
        found = _OF_A_PROCESS.fullmatch(file.name)
        if found and not Path(f"/proc/{found[1]}").exists():
            mark_process_dead(int(found[1]), path=str(folder))  # type: ignore[no-untyped-call]


def resident() -> int:
    """Resident bytes of this process, 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
