"""Starting and finding the servers: taken ports, and what is left of a server that is gone."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from bot import process, servers
from bot.errors import ServingError
from bot.ports import free_port, require_free
from bot.process import Server
from bot.servers import STATE, Address, publish, running
from bot.settings import ROOT, settings


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Where `faqbot serve` writes its address."""
    (tmp_path / "run").mkdir()
    return tmp_path / "run" / STATE


def gone_pid() -> int:
    """The id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.usefixtures("socket_enabled")
def test_a_taken_port_is_an_error_with_the_port_and_the_mend() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServingError, match=rf"^port {port} is in use; .*--port or FAQBOT_ACTION_PORT"):
            require_free("127.0.0.1", port)


@pytest.mark.usefixtures("socket_enabled")
def test_a_free_port_is_free_and_stays_so() -> None:
    port = free_port()
    require_free("127.0.0.1", port)
    require_free("127.0.0.1", port)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))


@pytest.mark.usefixtures("socket_enabled")
def test_an_address_that_is_not_ours_is_not_told_as_a_taken_port() -> None:
    with pytest.raises(ServingError) as caught:
        require_free("192.0.2.1", 5005)
    assert "in use" not in str(caught.value)


def test_without_a_state_file_nothing_runs() -> None:
    assert running(settings()) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "{}", '{"url": "x"}', '{"url": "x", "token": "y", "pid": null}'])
def test_a_damaged_state_file_means_that_nothing_runs(state: Path, text: str) -> None:
    state.write_text(text, encoding="utf-8")
    assert running(settings()) is None


def test_the_state_file_of_a_server_that_ended_means_that_nothing_runs(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "answers", lambda address: True)
    publish(settings(), Address("http://127.0.0.1:5005", "secret", gone_pid()))
    assert running(settings()) is None


@pytest.mark.usefixtures("socket_enabled")
def test_a_state_file_whose_process_id_was_reused_means_that_nothing_runs(state: Path) -> None:
    publish(settings(), Address(f"http://127.0.0.1:{free_port()}", "secret", os.getpid()))
    assert running(settings()) is None


def test_a_server_that_answers_is_found_by_what_it_published(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = Address("http://127.0.0.1:5005", "secret", os.getpid())
    asked: list[Address] = []
    monkeypatch.setattr(servers, "answers", lambda a: not asked.append(a))
    publish(settings(), address)
    assert running(settings()) == address
    assert asked == [address]


def test_only_the_user_may_read_the_token(state: Path) -> None:
    state.write_text("left by an older version", encoding="utf-8")
    state.chmod(0o644)
    path = publish(settings(), Address("http://127.0.0.1:5005", "secret", 1))
    assert path == state
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text(encoding="utf-8"))["token"] == "secret"


def test_a_server_that_fails_leaves_its_last_words(tmp_path: Path) -> None:
    code = "import sys; [print(n) for n in range(20)]; sys.exit('no model')"
    server = Server("rasa", [sys.executable, "-c", code], dict(os.environ), tmp_path / "logs" / "rasa.log")
    server.start()
    assert server.process is not None
    server.process.wait(20)
    assert not server.running
    assert server.last_words(2).splitlines() == ["19", "no model"]


def test_a_server_is_stopped_with_its_children(tmp_path: Path) -> None:
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    server = Server("rasa", [sys.executable, "-c", code], dict(os.environ), tmp_path / "rasa.log")
    server.start()
    assert server.running
    assert server.process is not None
    group = server.process.pid
    server.stop()
    assert not server.running
    with pytest.raises(ProcessLookupError):
        os.kill(group, 0)


# A server that starts a worker in its group, as Rasa does with FAQBOT_WORKERS; the worker's id goes to {pids}.
WITH_WORKER = """
import subprocess, sys, time
worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(worker.pid, file=open({pids!r}, "a"), flush=True)
time.sleep(60)
"""


def with_worker(folder: Path) -> Server:
    code = WITH_WORKER.format(pids=str(folder / "pids"))
    return Server("rasa", [sys.executable, "-c", code], dict(os.environ), folder / "rasa.log")


def workers(folder: Path, count: int) -> list[int]:
    """The ids of the workers that were started, once there are so many."""
    file = folder / "pids"
    _until(lambda: file.is_file() and file.read_text().count("\n") == count)
    return [int(line) for line in file.read_text().split()]


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_what_a_dead_server_has_left_behind_is_stopped_too(tmp_path: Path) -> None:
    server = with_worker(tmp_path)
    server.start()
    (worker,) = workers(tmp_path, 1)
    assert server.process is not None
    server.process.kill()
    server.process.wait(20)
    assert lives(worker)
    server.stop()
    _until(lambda: not lives(worker))


def test_a_dead_server_is_started_anew_without_what_it_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "LOOK_SECONDS", 0.1)
    server = with_worker(tmp_path)
    assistant = servers.Assistant(settings(), port=1, action_port=1, progress=print)
    assistant._servers = [server]
    server.start()
    (first,) = workers(tmp_path, 1)
    watch = threading.Thread(target=assistant.watch)
    watch.start()
    try:
        assert server.process is not None
        server.process.kill()
        _, second = workers(tmp_path, 2)
        _until(lambda: not lives(first))
        assert lives(second)
    finally:
        assistant.stop()
        watch.join(10)
    _until(lambda: not lives(second))


@pytest.mark.parametrize("vital", [True, False])
def test_what_keeps_stopping_ends_all_only_where_patients_need_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vital: bool
) -> None:
    monkeypatch.setattr(servers, "RESTARTS", 2)
    command = [sys.executable, "-I", "-S", "-c", "raise SystemExit('no mail server')"]
    server = Server("consult worker", command, dict(os.environ), tmp_path / "log", vital=vital)
    said: list[str] = []
    assistant = servers.Assistant(settings(), port=1, action_port=1, progress=said.append)
    for _ in range(2):
        assistant._restart(server)
    if vital:
        with pytest.raises(ServingError, match="the consult worker server keeps stopping"):
            assistant._restart(server)
    else:
        assistant._restart(server)
    assert len(said) == 2
    server.restarts = [t - servers.RESTART_WINDOW for t in server.restarts]
    assistant._restart(server)
    assert len(said) == 3
    server.stop()


@pytest.mark.usefixtures("socket_enabled")
def test_patients_are_served_without_what_is_for_staff(tmp_path: Path) -> None:
    clinics = tmp_path / "clinics.yml"
    clinics.write_text("clinics: {pain-team: {retention_days: {requests: 9}}}", encoding="utf-8")
    update = {"run_dir": tmp_path, "consult_clinics": clinics, "inbox_port": free_port()}
    assistant = servers.Assistant(settings().copy(update=update), port=1, action_port=1, progress=print)
    assert {server.name: server.vital for server in assistant._for_staff()} == {"consult worker": False, "inbox": False}
    assert all(server.vital for server in [*assistant._action_servers(), assistant._rasa_server(tmp_path / "m.tar.gz")])


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells it on Linux alone")
def test_a_server_ends_when_the_one_that_started_it_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, sys, time; from pathlib import Path; from bot.process import Server\n"
        "command = [sys.executable, '-c', 'import time; time.sleep(60)']\n"
        "server = Server('rasa', command, dict(os.environ), Path(sys.argv[1]))\n"
        "server.start(); print(server.process.pid, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "log")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        server = int(serving.stdout.readline())
        assert lives(server)
        serving.kill()
    _until(lambda: not lives(server))


def test_a_server_that_never_started_has_no_last_words_and_can_be_stopped(tmp_path: Path) -> None:
    server = Server("rasa", ["none"], {}, tmp_path / "rasa.log")
    server.stop()
    assert server.last_words() == ""


@pytest.mark.usefixtures("socket_enabled")
def test_a_server_that_hangs_is_started_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "HUNG_SECONDS", 0.5)
    for module in (process, servers):
        monkeypatch.setattr(module, "LOOK_SECONDS", 0.1)
    port = free_port()
    code = f"import http.server as h; h.HTTPServer(('127.0.0.1', {port}), h.SimpleHTTPRequestHandler).serve_forever()"
    server = Server(
        "actions",
        [sys.executable, "-c", code],
        dict(os.environ),
        tmp_path / "log",
        alive_url=f"http://127.0.0.1:{port}/",
    )
    said: list[str] = []
    assistant = servers.Assistant(settings(), port=1, action_port=port, progress=said.append)
    assistant._servers = [server]
    server.start()
    watch = threading.Thread(target=assistant.watch)
    watch.start()
    try:
        _until(lambda: server.answered > 0)
        first = server.process
        assert first is not None
        os.killpg(first.pid, signal.SIGSTOP)
        _until(lambda: server.process is not first and server.answered > 0)
        assert first.poll() == -signal.SIGKILL
        assert said[0] == "the actions server hangs" and "starting it again" in said[1]
    finally:
        assistant.stop()
        watch.join(10)
    assert not watch.is_alive() and not server.running


def test_rasa_is_asked_too_and_has_much_more_patience(tmp_path: Path) -> None:
    chosen = settings().copy(update={"run_dir": tmp_path / "run"})
    assistant = servers.Assistant(chosen, port=5005, action_port=5055, progress=print)
    rasa = assistant._rasa_server(tmp_path / "model.tar.gz")
    assert rasa.alive_url == "http://127.0.0.1:5005/live"
    assert rasa.patience >= max(16, 4 * rasa.look_seconds)  # several looks fail before it counts as hung


@pytest.mark.usefixtures("socket_enabled")
def test_one_look_that_fails_after_a_long_pause_is_no_hanging(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        command = [sys.executable, "-c", "import time; time.sleep(60)"]
        server = Server("rasa", command, dict(os.environ), tmp_path / "log", url, look_seconds=0.1, patience=0.5)
        server.start()
        try:
            server.answered, server.silent = time.monotonic() - 60, 0.0
            assert not server.hung()
            _until(server.hung)
        finally:
            server.stop()


def _until(done: Callable[[], bool]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + 20
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)
