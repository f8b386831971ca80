"""The assistant started once as a user starts it, for all end-to-end tests."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.channels.sms.local_provider import LocalProvider
from bot.commands.ask import Operator
from bot.ports import free_port
from bot.servers import Assistant
from bot.settings import Settings, settings
from tests.sms_patient import ENV as SMS_ENV

CLINICS = """
clinics:
  pain-team:
    timezone: America/Chicago
"""

Talk = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="session")
def run_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The project's settings with a run folder of the tests' own."""
    return settings().copy(update={"run_dir": tmp_path_factory.mktemp("run")})


@pytest.fixture(scope="session")
def sms_provider() -> Iterator[LocalProvider]:
    """A stand-in for the SMS provider's API, for the servers' whole life."""
    with LocalProvider() as provider:
        yield provider


@pytest.fixture(scope="session")
def assistant(run_settings: Settings, sms_provider: LocalProvider) -> Iterator[Assistant]:
    """Both servers, ready, with SMS numbers for some clinics."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAQBOT_RUN_DIR", str(run_settings.run_dir))
        clinics = run_settings.run_dir / "clinics.yml"
        clinics.write_text(CLINICS, encoding="utf-8")
        patch.setenv("FAQBOT_CONSULT_CLINICS", str(clinics))
        for limit in ("SESSION", "ADDRESS", "TOTAL"):  # all tests come from one address
            patch.setenv(f"FAQBOT_WEB_{limit}_LIMIT", "1000000")
        for name, value in {**SMS_ENV, "FAQBOT_SMS_API_URL": sms_provider.url}.items():
            patch.setenv(name, value)
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
