"""`faqbot inbox`, and when `faqbot serve` starts it."""

from __future__ import annotations

import re
import socket

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.commands.inbox import inbox_of
from bot.errors import ServingError
from bot.servers import Assistant
from bot.settings import settings


def assistant() -> Assistant:
    """Not started."""
    return Assistant(settings(), port=5005, action_port=5055, progress=str)


def free_port() -> int:
    """A port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_without_a_port_there_is_no_inbox() -> None:
    assert assistant()._inbox() == []


def test_with_a_port_serve_starts_it_as_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_INBOX_PORT", str(free_port()))
    settings.cache_clear()
    (server,) = assistant()._inbox()
    assert (server.name, server.command[1:]) == ("inbox", ["-m", "bot.cli", "inbox"])
    assert "FAQBOT_OPERATOR_TOKEN" not in server.env


def test_a_port_that_is_taken_is_told_with_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("FAQBOT_INBOX_PORT", str(port))
        settings.cache_clear()
        with pytest.raises(ServingError, match="FAQBOT_INBOX_PORT"):
            assistant()._inbox()
        with pytest.raises(
            ServingError, match=rf"^the inbox cannot listen on 127\.0\.0\.1:{port}: .*FAQBOT_INBOX_PORT$"
        ):
            CliRunner().invoke(app, ["inbox"], catch_exceptions=False)


def test_it_serves_from_the_settings_with_a_cookie_for_https_alone() -> None:
    reply = inbox_of(settings()).test_client().get("/inbox/login")
    assert reply.status_code == 200
    assert re.search(r"__Host-faqbot-inbox=.*; Secure; ", reply.headers["Set-Cookie"])


def test_a_trial_over_plain_http_has_to_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQBOT_INBOX_SECURE", "false")
    settings.cache_clear()
    reply = inbox_of(settings()).test_client().get("/inbox/login")
    assert "Secure" not in reply.headers["Set-Cookie"]
