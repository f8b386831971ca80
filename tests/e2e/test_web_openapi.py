"""The web channel keeps what its OpenAPI file promises: schemathesis tries to show the opposite."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.servers import Assistant

pytestmark = pytest.mark.e2e

# of each operation; FAQBOT_TEST_EXAMPLES=1000 gives more than 2,000 cases
EXAMPLES = os.environ.get("FAQBOT_TEST_EXAMPLES", "60")
HERE = Path(__file__).parent


def test_schemathesis_finds_no_failure(assistant: Assistant, tmp_path: Path) -> None:
    url = f"{assistant.address.url}/webhooks/web/openapi.json"
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", url, "--url", assistant.address.url, "--no-color",
        "--max-examples", EXAMPLES, "--seed", "1", "--generation-database", "none", "--continue-on-failure",
    ]  # fmt: skip
    env = {**os.environ, "SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(HERE)}
    run = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=900)
    print(run.stdout[-1500:])
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    cases = re.search(r"([\d,]+) generated", run.stdout)
    assert cases is not None and int(cases.group(1).replace(",", "")) >= 300
