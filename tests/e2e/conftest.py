"""The assistant started once as a user starts it, for all end-to-end tests."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.ask import Operator
from bot.servers import Assistant, free_port
from bot.settings import Settings, settings

Talk = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="session")
def run_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The project's settings with a run folder of the tests' own."""
    return settings().copy(update={"run_dir": tmp_path_factory.mktemp("run")})


@pytest.fixture(scope="session")
def assistant(run_settings: Settings) -> Iterator[Assistant]:
    """Both servers, ready."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAQBOT_RUN_DIR", str(run_settings.run_dir))
        with Assistant(run_settings, port=free_port(), action_port=free_port(), progress=print) as running:
            yield running


@pytest.fixture
def talk(assistant: Assistant) -> Talk:
    """Say texts in one conversation; returns the reply to each."""

    def _talk(*texts: str, clinic: str = "pain-team", channel: str = "web") -> list[dict[str, Any]]:
        async def _run() -> list[dict[str, Any]]:
            conversation = f"test-{uuid.uuid4().hex}"
            async with Operator(assistant.address) as operator:
                return [
                    await operator.turn(text, conversation=conversation, clinic=clinic, channel=channel)
                    for text in texts
                ]

        return asyncio.run(_run())

    return _talk
