"""The processes of `faqbot serve`: start, wait until a patient could be answered, watch, stop."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import httpx

from bot.build import QUIET, model_path, newest_model
from bot.channels.sms.config import sms_config
from bot.consult_delivery import deliverers
from bot.consult_setup import clinics, provide_key_file
from bot.endpoints import endpoints, require_whole
from bot.errors import ServingError
from bot.ports import require_free
from bot.process import LOOK_SECONDS, START_SECONDS, Server
from bot.settings import ROOT, Settings
from bot.sites import sites
from bot.watch.start import metrics_folder

RESTARTS = 5  # of one server within RESTART_WINDOW seconds; then all stops where patients need it
RESTART_WINDOW = 300.0
STATE = "serve.json"
# Rasa counts as hung much later: one that works hard, or waits for a Redis that hangs, is no better after a new start
RASA_HUNG_SECONDS = 20.0
RASA_LOOK_SECONDS = 2.0  # a dead action server waits for this look


@dataclass(frozen=True)
class Address:
    """Where a running assistant is reached by staff's tools, and the secret that opens the operator channel."""

    url: str
    token: str
    pid: int


class Assistant:
    """Action servers and Rasa server together; use it as a context manager.

    `with Assistant(settings, port=..., action_port=...) as assistant:` serves when the block begins.
    With `only_talks` neither the consult worker nor the inbox starts, whatever is set.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        port: int,
        action_port: int,
        progress: Callable[[str], None],
        only_talks: bool = False,
    ) -> None:
        self._settings = settings
        self._progress = progress
        self._port = port
        self._action_port = action_port
        self._only_talks = only_talks
        self.address = Address(f"http://{_reachable(settings.host)}:{port}", secrets.token_urlsafe(24), os.getpid())
        self._servers: list[Server] = []
        self._ended = threading.Event()

    def __enter__(self) -> Assistant:
        require_whole(self._settings)
        provide_key_file(self._settings)
        sites()  # a fault in the sites file is told before anything starts
        sms_config(self._settings)  # what is wrong with it is said before anything starts
        model = newest_model(self._settings)
        if model != model_path(self._settings):
            self._progress(f"{model.name} is older than its sources; `faqbot build` trains a new one")
        require_free(self._settings.host, self._port)
        require_free("127.0.0.1", self._action_port)
        self._clear_metrics()
        self._servers = [*self._action_servers(), self._rasa_server(model), *self._for_staff()]
        started = time.monotonic()
        try:
            for server in self._servers:
                server.start()
            self._wait(started)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop the servers, and the watch over them."""
        self._ended.set()
        for server in reversed(self._servers):
            server.stop()

    def watch(self) -> None:
        """Run until stopped; a server that dies is started again, and Rasa and the only action server
        when they hang too. Raises ServingError if one that patients need keeps dying."""
        while not self._ended.wait(LOOK_SECONDS):
            for server in self._servers:
                if server.hung():
                    self._progress(f"the {server.name} server hangs")
                    server.stop([signal.SIGKILL])
                if not server.running and not self._ended.is_set():
                    self._restart(server)

    def memory(self) -> dict[str, int]:
        """Resident bytes of each server (Linux)."""
        page = os.sysconf("SC_PAGE_SIZE")
        return {
            s.name: int(Path(f"/proc/{s.process.pid}/statm").read_text().split()[1]) * page
            for s in self._servers
            if s.process and s.running
        }

    def pid(self, name: str) -> int | None:
        """Process id of the server with that name ("actions" or "rasa")."""
        return next((s.process.pid for s in self._servers if s.name == name and s.process), None)

    def _clear_metrics(self) -> None:
        """What an earlier start counted is of no more use."""
        port = self._settings.metrics_port
        if port is not None:
            require_free(self._settings.metrics_host, port, mend="FAQBOT_METRICS_PORT")
            shutil.rmtree(metrics_folder(self._settings), ignore_errors=True)

    def _restart(self, server: Server) -> None:
        now = time.monotonic()
        server.restarts = [t for t in server.restarts if now - t < RESTART_WINDOW]
        if len(server.restarts) >= RESTARTS:
            if server.vital:
                raise ServingError(f"the {server.name} server keeps stopping:\n{server.last_words()}")
            return  # until the first of its restarts is long enough ago
        server.restarts.append(now)
        self._progress(f"the {server.name} server stopped; starting it again (log: {server.log})")
        server.stop([signal.SIGKILL])  # what it has left behind would hold its port
        server.start()

    def _wait(self, started: float) -> None:
        self._progress("starting the servers")
        while time.monotonic() - started < START_SECONDS:
            for server in self._servers:
                if not server.running:
                    raise ServingError(f"the {server.name} server did not start:\n{server.last_words()}")
            if answers(self.address):
                self._progress(f"started in {time.monotonic() - started:.0f} s")
                return
            time.sleep(0.3)
        raise ServingError(f"not ready after {START_SECONDS:.0f} s:\n{self._servers[-1].last_words()}")

    def _env(self) -> dict[str, str]:
        return {
            **os.environ,
            **QUIET,
            "FAQBOT_ACTION_SERVERS": str(self._settings.action_servers),
            "FAQBOT_OPERATOR_TOKEN": self.address.token,
            "FAQBOT_ACTION_PORT": str(self._action_port),
            "OMP_NUM_THREADS": "1",
        }

    def _action_servers(self) -> list[Server]:
        """As many as are set, all behind one port."""
        env = {**self._env(), "SANIC_HOST": "127.0.0.1"}
        command = [sys.executable, "-m", "bot.action_server"]
        many = self._settings.action_servers
        # behind a shared port nobody knows which of them answers: only the end of one is noticed
        alive = f"http://127.0.0.1:{self._action_port}/health" if many == 1 else ""
        names = ["actions", *(f"actions-{number}" for number in range(2, many + 1))]
        run = self._settings.run_dir
        return [Server(name, command, env, run / f"{name}-{self._action_port}.log", alive_url=alive) for name in names]

    def _for_staff(self) -> list[Server]:
        """What works on the requests of patients, beside the conversation."""
        return [] if self._only_talks else [*self._consult_worker(), *self._inbox()]

    def _consult_worker(self) -> list[Server]:
        """Tells clinics of requests and purges old ones; only where the clinics have set something up."""
        if self._settings.consult_clinics is None:
            return []
        deliverers(self._settings, clinics(self._settings))  # a missing mail server is told now
        command = [sys.executable, "-m", "bot.cli", "consult", "work"]
        log = self._settings.run_dir / "consult-worker.log"
        return [Server("consult worker", command, self._env(), log, vital=False)]

    def _inbox(self) -> list[Server]:
        """The staff inbox, where a port is set for it."""
        if self._settings.inbox_port is None:
            return []
        require_free(self._settings.inbox_host, self._settings.inbox_port, mend="FAQBOT_INBOX_PORT")
        command = [sys.executable, "-m", "bot.cli", "inbox"]
        log = self._settings.run_dir / "inbox.log"
        return [Server("inbox", command, {**os.environ, **QUIET}, log, vital=False)]

    def _rasa_server(self, model: Path) -> Server:
        run = self._settings.run_dir
        run.mkdir(parents=True, exist_ok=True)
        file = run / f"endpoints-{self._port}.yml"
        file.touch(mode=0o600)  # addresses in it may hold a password
        file.write_text(endpoints(self._settings, self._action_port), encoding="utf-8")
        command = [
            sys.executable, "-m", "bot.rasa_server", "run", "-i", self._settings.host, "-p", str(self._port),
            "--model", str(model), "--endpoints", str(file), "--credentials", str(ROOT / "credentials.yml"),
        ]  # fmt: skip
        env = {**self._env(), "SANIC_WORKERS": str(self._settings.workers)}
        return Server(
            "rasa",
            command,
            env,
            run / f"rasa-{self._port}.log",
            alive_url=f"{self.address.url}/live",
            look_seconds=RASA_LOOK_SECONDS,
            patience=RASA_HUNG_SECONDS,
        )


def answers(address: Address) -> bool:
    """Whether a patient's message would be answered there: one real turn, both servers and the index."""
    body = {"text": "How long does one infusion take?", "conversation": "readiness", "channel": "shell"}
    try:
        with httpx.Client(base_url=address.url, trust_env=False, timeout=10) as client:
            clinics = client.get("/clinics.json")
            if clinics.status_code != 200 or not clinics.json():
                return False
            reply = client.post(
                "/webhooks/operator/turn",
                json={**body, "clinic": clinics.json()[0]["id"]},
                headers={"Authorization": f"Bearer {address.token}"},
            )
        return reply.status_code == 200 and reply.json()["kind"] != "error"
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError, IndexError):
        return False  # nothing, or something else, listens there


def publish(settings: Settings, address: Address) -> Path:
    """Write where the assistant runs, for `faqbot ask` and `faqbot shell`; only the user may read it."""
    path = settings.run_dir / STATE
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps(address.__dict__), encoding="utf-8")
    return path


def running(settings: Settings) -> Address | None:
    """The address of a running `faqbot serve` of this checkout, or None."""
    try:
        address = Address(**json.loads((settings.run_dir / STATE).read_text(encoding="utf-8")))
        os.kill(address.pid, 0)
    except (OSError, ValueError, TypeError):
        return None
    return address if answers(address) else None


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", "::"} else host
