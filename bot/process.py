"""One process of `faqbot serve`: started in a group of its own, looked at, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bot.settings import ROOT

START_SECONDS = 180.0
STOP_SECONDS = 10.0
LOOK_SECONDS = 0.5  # between looks at the servers
HUNG_SECONDS = 4.0  # without any answer, after which a server counts as hung and is started anew


@dataclass
class Server:
    """One of the processes, in a group of its own."""

    name: str
    command: list[str]
    env: dict[str, str]
    log: Path
    alive_url: str = ""  # answers at once while the server works; empty: only its end is noticed
    answered: float = 0.0  # when it was last seen to answer
    started: float = 0.0
    process: subprocess.Popen[bytes] | None = None
    restarts: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start it in a process group of its own, its output in its log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.answered, self.started = 0.0, time.monotonic()
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.env, stdout=out, stderr=out, start_new_session=True
            )

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def hung(self) -> bool:
        """Whether it runs and has not answered for HUNG_SECONDS. Asks it, and waits a little for the answer."""
        if not self.alive_url or not self.running:
            return False
        now = time.monotonic()
        try:
            httpx.get(self.alive_url, timeout=LOOK_SECONDS, trust_env=False, verify=False)
        except httpx.HTTPError:
            if not self.answered:
                return now - self.started > START_SECONDS
            return now - self.answered > HUNG_SECONDS
        self.answered = now
        return False

    def stop(self, signs: Sequence[signal.Signals] = (signal.SIGTERM, signal.SIGKILL)) -> None:
        """End the process group, first politely."""
        if self.process is None:
            return
        for sign in signs:
            if self.running:
                os.killpg(self.process.pid, sign)
            try:
                self.process.wait(STOP_SECONDS)
                return
            except subprocess.TimeoutExpired:
                continue

    def last_words(self, lines: int = 12) -> str:
        """The end of its log, for an error message."""
        return last_words(self.log, lines)


def last_words(log: Path, lines: int) -> str:
    """The last lines of a log; none where there is no log."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    return "\n".join(text.splitlines()[-lines:])
