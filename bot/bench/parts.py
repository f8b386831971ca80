"""The parts of one turn beside their floors: from `bot.turn_parts`, run against the serving assistant."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from bot.bench.stats import percentile
from bot.bench.systems import BenchError, System
from bot.bench.workload import Conversation
from bot.settings import ROOT

# In the order of a turn. What stands in parentheses runs inside or beside the one before.
ORDER = (
    "screen",
    "encode",
    "wait for the vector",
    "NLU",
    "policies",
    "action",
    "more to encode",
    "search",
    "tracker",
    "send",
    "turn",
    "bare forward pass",
)


def measure(assistant: System, conversations: Iterable[Conversation], *, turns: int) -> dict[str, dict[str, float]]:
    """Median and 95th percentile in milliseconds of each part. Raises BenchError where the job fails."""
    said = list(islice(([clinic, text] for clinic, texts in conversations for text in texts), turns))
    port = assistant.env["FAQBOT_ACTION_PORT"]
    with tempfile.TemporaryDirectory() as scratch:
        asked, out = Path(scratch) / "spec.json", Path(scratch) / "out.json"
        spec = {"action_url": f"http://127.0.0.1:{port}/webhook", "turns": said}
        asked.write_text(json.dumps(spec), encoding="utf-8")
        command = [sys.executable, "-m", "bot.turn_parts", str(asked), str(out)]
        env = {**assistant.env, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
        if done.returncode or not out.is_file():
            raise BenchError(f"measuring the parts of a turn failed:\n{done.stderr[-2000:]}")
        times: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return {
        part: {"p50": round(percentile(times[part], 0.5), 3), "p95": round(percentile(times[part], 0.95), 3)}
        for part in ORDER
        if times.get(part)
    }
