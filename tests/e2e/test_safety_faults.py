"""Help in danger with half of the system down: the action server killed and the safety model's files gone."""

from __future__ import annotations

import asyncio
import os
import signal
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.commands.ask import Operator
from bot.ports import free_port
from bot.servers import Assistant
from bot.settings import settings

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def half_down(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """Servers that were started without the safety model, and whose action server was killed then."""
    base = settings()
    build: Path = tmp_path_factory.mktemp("build")
    for part in ("encoder", "knowledge"):
        (build / part).symlink_to(base.build_dir / part)
    run_dir = tmp_path_factory.mktemp("run")
    changed = base.copy(update={"build_dir": build, "run_dir": run_dir})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAQBOT_BUILD_DIR", str(build))
        patch.setenv("FAQBOT_RUN_DIR", str(run_dir))
        with Assistant(changed, port=free_port(), action_port=free_port(), progress=print) as running:
            pid = running.pid("actions")
            assert pid is not None
            os.killpg(pid, signal.SIGKILL)
            yield running


@pytest.mark.parametrize("channel", ["web", "sms", "shell"])
@pytest.mark.parametrize(
    ("text", "kind"),
    [("i want to die", "crisis"), ("me quiero matar", "crisis"), ("he is not breathing", "emergency")],
)
def test_with_the_action_server_killed_and_the_model_gone_help_comes_within_a_second(
    half_down: Assistant, text: str, kind: str, channel: str
) -> None:
    async def say() -> tuple[dict[str, object], float]:
        async with Operator(half_down.address) as operator:
            began = time.monotonic()
            row = await operator.turn(
                text, conversation=f"test-{uuid.uuid4().hex}", clinic="pain-team", channel=channel
            )
            return row, time.monotonic() - began

    row, took = asyncio.run(say())
    assert row["kind"] == kind
    assert "988" in str(row["text"]) and "911" in str(row["text"])
    assert took < 1.0
