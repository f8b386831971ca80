"""Turns on in this process what the settings ask for. Without a setting nothing is imported, so no start is slower."""

from __future__ import annotations

import os
from pathlib import Path

from bot.settings import Settings, settings
from bot.watch.record import watch

# Set where traces are wanted, by the standard of OpenTelemetry
TRACES_TO = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
RESERVED = 1 << 20  # bytes of each file of values: what the client makes it anyway, taken up at once


def start(process: str) -> None:
    """Metrics and traces of a serving process ("rasa", "actions"); call it in each worker. Twice does nothing."""
    chosen = settings()
    if chosen.metrics_port is not None and watch.metrics is None:
        _metrics(process, chosen)
    if any(os.environ.get(name) for name in TRACES_TO) and watch.traces is None:
        from bot.watch.traces import Traces

        watch.traces = Traces(process)


def start_logs(process: str) -> bool:
    """Logs as JSON where the settings ask for them; returns whether they do."""
    if settings().log_format != "json":
        return False
    from bot.watch.logs import log_json, tell_turn

    log_json(process)
    watch.tell = tell_turn
    return True


def metrics_folder(chosen: Settings) -> Path:
    """Where the processes of one port keep their values."""
    return chosen.run_dir / f"metrics-{chosen.metrics_port}"


def _metrics(process: str, chosen: Settings) -> None:
    folder = metrics_folder(chosen)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)  # read by prometheus_client when it is imported
    reserve(folder, os.getpid())
    from bot.sites import clinic_names
    from bot.watch.exporter import Exporter
    from bot.watch.metrics import Metrics
    from bot.watch.queues import Queues

    watch.metrics = Metrics(clinic_names())
    queues = Queues({"consult": chosen.consult_url, "sms": chosen.sms_database_url})
    assert chosen.metrics_port is not None
    Exporter(
        watch.metrics, queues, process=process, folder=folder, host=chosen.metrics_host, port=chosen.metrics_port
    ).start()


def reserve(folder: Path, pid: int) -> None:
    """Make the files of this process with their space taken: a write into a mapped hole of a full disk kills it.

    What an earlier process with the same id left is of no more use. Raises OSError where there is no room.
    """
    for kind in ("counter", "histogram", "gauge_livemax", "gauge_livesum"):
        path = folder / f"{kind}_{pid}.db"
        path.unlink(missing_ok=True)
        with path.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, RESERVED)
