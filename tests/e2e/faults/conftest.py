"""The assistant as `faqbot serve` runs it, watched, with a disk and a content of its own: for tests that break it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.channels.sms.local_provider import LocalProvider
from bot.ports import free_port
from bot.servers import Assistant
from bot.settings import ROOT, Settings, settings
from tests.sms_patient import ENV as SMS_ENV
from tests.sms_patient import Phone

IN_TIME = 3.0  # seconds to a reply, whatever is broken
RECOVERED = 10.0  # seconds to a whole answer after the fault is over, or is noticed


@dataclass
class Broken:
    """A running assistant to break. Its state is in `run`, its content in `settings.knowledge_dir`."""

    assistant: Assistant
    settings: Settings
    provider: LocalProvider
    client: httpx.Client

    @property
    def run(self) -> Path:
        return self.settings.run_dir

    def patient(self, clinic: str = "pain-team") -> Patient:
        """A new session of the web channel."""
        return Patient(self.client, clinic)

    def phone(self, number: str = "") -> Phone:
        """A patient's phone, with a number of its own where none is given."""
        number = number or f"+1555666{int(time.monotonic() * 1000) % 10000:04}"
        return Phone(self.assistant.address.url, number=number, provider=self.provider)

    def pid(self, name: str) -> int:
        found = self.assistant.pid(name)
        assert found is not None
        return found


class Patient:
    """A patient on the website, who measures how long each reply takes."""

    def __init__(self, client: httpx.Client, clinic: str) -> None:
        self.client = client
        reply = self.client.post("/webhooks/web/sessions", json={"site_key": f"demo-{clinic}"})
        assert reply.status_code == 201, reply.text
        self.headers = {"Authorization": f"Bearer {reply.json()['token']}"}
        self.slowest = 0.0

    def say(self, text: str) -> dict[str, Any]:
        """The reply: its kind, and the text of all messages. It has words and comes in time, or the test fails."""
        began = time.monotonic()
        reply = self.client.post("/webhooks/web/messages", json={"text": text}, headers=self.headers)
        took = time.monotonic() - began
        self.slowest = max(self.slowest, took)
        body = reply.json()
        if reply.status_code == 503:
            return {"kind": "error", "text": body["error"]["message"], "took": took}
        assert reply.status_code == 200, reply.text
        words = "\n".join(m["text"] for m in body["messages"])
        assert words
        assert took < IN_TIME, (text, took)
        return {"kind": body["kind"], "text": words, "took": took}


def recovered(answered: Callable[[], bool], within: float = RECOVERED) -> float:
    """Seconds until `answered`; the test fails where that takes longer than it may."""
    began = time.monotonic()
    while not answered():
        assert time.monotonic() - began < within, f"not recovered after {within} s"
        time.sleep(0.2)
    return time.monotonic() - began


@contextmanager
def watched(chosen: Settings, environment: dict[str, str]) -> Iterator[Broken]:
    """The assistant with these settings, watched as `faqbot serve` watches it."""
    with pytest.MonkeyPatch.context() as patch, LocalProvider() as provider:
        sms = {**SMS_ENV, "FAQBOT_SMS_API_URL": provider.url}
        folders = {n: str(getattr(chosen, n.lower())) for n in ("RUN_DIR", "BUILD_DIR", "KNOWLEDGE_DIR")}
        limits = {f"WEB_{limit}_LIMIT": "1000000" for limit in ("SESSION", "ADDRESS", "TOTAL")}
        for name, value in {**sms, **{f"FAQBOT_{n}": v for n, v in (folders | limits).items()}, **environment}.items():
            patch.setenv(name, value)
        settings.cache_clear()
        with Assistant(settings(), port=free_port(), action_port=free_port(), progress=print) as running:
            threading.Thread(target=running.watch, daemon=True).start()
            limits_of_client = httpx.Limits(max_connections=300)
            url = running.address.url
            with httpx.Client(base_url=url, trust_env=False, timeout=20, limits=limits_of_client) as client:
                yield Broken(running, settings(), provider, client)
    settings.cache_clear()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own at a folder. Skips where this user may not mount one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("no right to mount a small disk; run as root, for example in a container with CAP_SYS_ADMIN")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def copied(root: Path) -> Settings:
    """Settings with a copy of the content and its index, which a test may edit."""
    base = settings()
    for part in ("questions", "clinics"):
        shutil.copytree(ROOT / "knowledge" / part, root / "knowledge" / part)
    (root / "build").mkdir()
    for part in ("encoder", "safety"):
        (root / "build" / part).symlink_to(base.build_dir / part)
    shutil.copytree(base.index_dir, root / "build" / "knowledge")
    (root / "run").mkdir()
    return base.copy(update={"knowledge_dir": root / "knowledge", "build_dir": root / "build", "run_dir": root / "run"})


def rebuild(chosen: Settings) -> None:
    """Build the index in a process of its own, as staff do."""
    code = "from bot.build import build_index; from bot.settings import settings; build_index(settings(), print)"
    env = {
        **os.environ,
        "FAQBOT_KNOWLEDGE_DIR": str(chosen.knowledge_dir),
        "FAQBOT_BUILD_DIR": str(chosen.build_dir),
    }
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broken]:
    """The default setup: one Rasa process, one action server, conversations in memory, SQLite."""
    with watched(copied(tmp_path_factory.mktemp("faults")), {}) as running:
        yield running
