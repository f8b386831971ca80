"""A system under test: trained by a command, served by a command, in processes of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from bot.errors import FaqbotError
from bot.ports import free_port
from bot.process import last_words

START_SECONDS = 300.0
POLL_SECONDS = 0.05
STOP_SECONDS = 20.0
LAST_LINES = 25  # of the log of a system that failed, in the error
MEGABYTE = 1024 * 1024


class BenchError(FaqbotError):
    """A system under test failed."""


@dataclass(frozen=True)
class Memory:
    """Of all processes of a system together, in megabytes: resident, and with shared pages counted by share (PSS)."""

    rss: float
    pss: float
    processes: dict[str, float]  # RSS of each, by its command


@dataclass
class System:
    """How to train, serve and ask one system.

    `answers` tells by the address whether one message would be answered now. `kind` is that of `bot.bench.load`.
    """

    name: str
    kind: str
    train: Sequence[str]
    serve: Callable[[int], Sequence[str]]
    answers: Callable[[httpx.Client], bool]
    folder: Path
    env: Mapping[str, str]
    log: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Where it is reached while it serves."""
        return f"http://127.0.0.1:{self.port}"

    def trained(self) -> tuple[float, float]:
        """Train; returns seconds of the clock and of the processors. Raises BenchError with the end of its output."""
        before = os.times()
        began = time.perf_counter()
        with self.log.open("ab") as out:
            done = subprocess.run(self.train, cwd=self.folder, env=dict(self.env), stdout=out, stderr=out)
        took = time.perf_counter() - began
        after = os.times()
        if done.returncode:
            raise BenchError(f"training {self.name} failed:\n{last_words(self.log, LAST_LINES)}")
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        return took, cpu

    def start(self) -> float:
        """Serve; returns the seconds until a message was answered. Raises BenchError where none is."""
        self.port = free_port()
        began = time.perf_counter()
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.serve(self.port), cwd=self.folder, env=dict(self.env), stdout=out, stderr=out,
                start_new_session=True,
            )  # fmt: skip
        with httpx.Client(base_url=self.url, trust_env=False, timeout=30) as client:
            while time.perf_counter() - began < START_SECONDS:
                if self.process.poll() is not None:
                    raise BenchError(f"{self.name} did not start:\n{last_words(self.log, LAST_LINES)}")
                if _ready(self.answers, client):
                    return time.perf_counter() - began
                time.sleep(POLL_SECONDS)
        self.stop()
        raise BenchError(f"{self.name} was not ready after {START_SECONDS:.0f} s:\n{last_words(self.log, LAST_LINES)}")

    def stop(self) -> None:
        """End all its processes and wait for them."""
        if self.process is None:
            return
        family = self._family()
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGTERM)
        _, left = psutil.wait_procs(family, timeout=STOP_SECONDS)
        for process in left:
            with suppress(psutil.NoSuchProcess):  # it ended just now
                process.kill()
        psutil.wait_procs(left, timeout=STOP_SECONDS)
        self.process.wait()
        self.process = None

    def memory(self) -> Memory:
        """What its processes hold now."""
        found = {_called(p): p.memory_full_info() for p in self._family()}
        return Memory(
            rss=sum(m.rss for m in found.values()) / MEGABYTE,
            pss=sum(m.pss for m in found.values()) / MEGABYTE,
            processes={name: round(m.rss / MEGABYTE, 1) for name, m in found.items()},
        )

    def cpu(self) -> dict[str, float]:
        """Seconds of the processors that each of its processes has used so far."""
        return {_called(p): sum(p.cpu_times()[:2]) for p in self._family()}

    def _family(self) -> list[psutil.Process]:
        if self.process is None or self.process.poll() is not None:
            return []
        head = psutil.Process(self.process.pid)
        return [head, *head.children(recursive=True)]


def _ready(answers: Callable[[httpx.Client], bool], client: httpx.Client) -> bool:
    try:
        return answers(client)
    except (httpx.HTTPError, ValueError, KeyError):
        return False  # nothing listens yet, or not for messages


def _called(process: psutil.Process) -> str:
    """A short name of a process: its module or command, and its number where that alone tells it apart."""
    words = process.cmdline()
    module = words[words.index("-m") + 1] if "-m" in words[:-1] else Path(words[0]).name if words else "?"
    return f"{module} ({process.pid})"
