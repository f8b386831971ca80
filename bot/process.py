"""One process of `faqbot serve`: started in a group of its own, looked at, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bot.settings import ROOT
from bot.tied import tied

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
    look_seconds: float = LOOK_SECONDS  # for one answer
    patience: float = HUNG_SECONDS
    vital: bool = True  # patients cannot be served without it
    answered: float = 0.0  # when it was last seen to answer
    silent: float = 0.0  # when it was first seen not to, 0 while it answers
    process: subprocess.Popen[bytes] | None = None
    restarts: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start it in a process group of its own, its output in its log. It ends with the thread that starts it."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.answered, self.silent = 0.0, time.monotonic()
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                tied(self.command), cwd=ROOT, env=self.env, stdout=out, stderr=out, start_new_session=True
            )

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def hung(self) -> bool:
        """Whether it runs and has not answered for as long as is its patience. Asks it, and waits for the answer."""
        if not self.alive_url or not self.running:
            return False
        now = time.monotonic()
        try:
            httpx.get(self.alive_url, timeout=self.look_seconds, trust_env=False, verify=False)
        except httpx.HTTPError:
            self.silent = self.silent or now
            return now - self.silent > (self.patience if self.answered else START_SECONDS)
        self.answered, self.silent = now, 0.0
        return False

    def stop(self, signs: Sequence[signal.Signals] = (signal.SIGTERM, signal.SIGKILL)) -> None:
        """End the process group, first politely; also what is left of it where its leader has died."""
        if self.process is None:
            return
        for sign in signs:
            self._tell(sign)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_SECONDS)
                break
        self._tell(signal.SIGKILL)

    def _tell(self, sign: signal.Signals) -> None:
        """Send a signal to the group, if there is one still."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):  # gone, or somebody else's by now
                os.killpg(self.process.pid, sign)

    def last_words(self, lines: int = 12) -> str:
        """The end of its log, for an error message."""
        return last_words(self.log, lines)


def last_words(log: Path, lines: int) -> str:
    """The last lines of a log; none where there is no log."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    return "\n".join(text.splitlines()[-lines:])
