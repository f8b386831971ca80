"""Redis and PostgreSQL of a test's own, to be killed; each skips with how to run it where it is not installed."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from bot.ports import free_port

UP = 20.0  # seconds for a service to start


@dataclass
class Service:
    """A process that can be killed and started again at the same address."""

    url: str
    command: list[str]
    works: Callable[[], object]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(self.command, stdout=out, stderr=out, start_new_session=True)
        began = time.monotonic()
        while True:
            try:
                self.works()
            except (redis.RedisError, psycopg2.OperationalError):
                assert time.monotonic() - began < UP, self.log.read_text(encoding="utf-8", errors="replace")
                time.sleep(0.1)
            else:
                return

    def send(self, sign: signal.Signals) -> None:
        """Signal the process and its children, as a group or not; after SIGKILL wait for its end."""
        assert self.process is not None
        parent = psutil.Process(self.process.pid)
        for one in [parent, *parent.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                one.send_signal(sign)
        if sign == signal.SIGKILL:
            self.process.wait(10)


@contextmanager
def own_redis(folder: Path) -> Iterator[Service]:
    """A Redis that writes each change to its file at once: what it has confirmed outlives it."""
    found = shutil.which("redis-server")
    if found is None:
        pytest.skip("no redis-server; install it (package redis-server)")
    folder.mkdir()
    port = free_port()
    command = [
        found, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", "", "--appendonly", "yes",
        "--appendfsync", "always",
    ]  # fmt: skip

    def works() -> object:
        with redis.Redis(port=port, socket_timeout=1) as client:
            return client.ping()

    yield from _running(Service(f"redis://127.0.0.1:{port}/0", command, works, folder / "log"))


@contextmanager
def own_postgres(folder: Path) -> Iterator[Service]:
    """A PostgreSQL of its own; as root it runs as the user postgres, which is what its packages make."""
    programs = {name: shutil.which(name) for name in ("initdb", "postgres")}
    if not all(programs.values()):
        pytest.skip("no initdb and postgres on the PATH; install PostgreSQL")
    folder.mkdir()
    os.chmod(folder, 0o700)  # noqa: PTH101
    user: list[str] = []
    if os.geteuid() == 0:
        try:
            owner = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("PostgreSQL does not run as root and there is no user postgres")
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        for parent in list(folder.parents)[:3]:  # pytest's folders are for their user alone
            if parent.stat().st_uid == 0 and parent != Path("/"):
                parent.chmod(parent.stat().st_mode | 0o011)
    data, port = folder / "data", free_port()
    made = subprocess.run(
        [*user, str(programs["initdb"]), "-D", str(data), "-U", "postgres", "-A", "trust", "-N"],
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    command = [
        *user, str(programs["postgres"]), "-D", str(data), "-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c",
        f"unix_socket_directories={data}",
    ]  # fmt: skip
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"

    def works() -> object:
        return psycopg2.connect(url, connect_timeout=1).close()

    yield from _running(Service(url, command, works, folder.with_suffix(".log")))


def _running(service: Service) -> Iterator[Service]:
    service.start()
    try:
        yield service
    finally:
        if service.process is not None and service.process.poll() is None:
            service.send(signal.SIGKILL)
