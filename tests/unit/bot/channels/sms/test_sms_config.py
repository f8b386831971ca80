"""The channel's configuration: off by default, refused with the mend where something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.channels.sms.config import sms_config
from bot.errors import SettingsError
from bot.servers import Assistant
from bot.settings import settings

GOOD = {
    "PUBLIC_URL": "https://sms.example.org/",
    "SMS_NUMBERS": '{"+15555550100": "north"}',
    "SMS_ACCOUNT_SID": "AC1",
    "SMS_AUTH_TOKEN": "token",
    "SMS_KEY": "k" * 32,
}


@pytest.fixture
def configured(small_faq: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """All settings of the channel."""
    for name, value in GOOD.items():
        monkeypatch.setenv(f"FAQBOT_{name}", value)
    return monkeypatch


def test_without_numbers_the_channel_is_off() -> None:
    assert sms_config(settings()) is None


def test_a_full_configuration(configured: pytest.MonkeyPatch) -> None:
    config = sms_config(settings())
    assert config and config.webhook_url == "https://sms.example.org/webhooks/sms/webhook"
    assert config.numbers["+15555550100"].clinic == "north" and config.numbers["+15555550100"].short_name
    assert "token" not in repr(config) and "kkk" not in repr(config)


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("SMS_AUTH_TOKEN", "", "FAQBOT_SMS_AUTH_TOKEN is empty"),
        ("SMS_ACCOUNT_SID", " ", "FAQBOT_SMS_ACCOUNT_SID is empty"),
        ("SMS_KEY", "short", "FAQBOT_SMS_KEY has 5"),
        ("PUBLIC_URL", "", "FAQBOT_PUBLIC_URL is ''"),
        ("PUBLIC_URL", "sms.example.org", "write the address"),
        ("PUBLIC_URL", "http://sms.example.org", "use https"),
        ("PUBLIC_URL", "https://sms.example.org/path", "leave out"),
        ("PUBLIC_URL", "https://sms.example.org:x", "no address"),
        ("SMS_NUMBERS", "north", "no JSON"),
        ("SMS_NUMBERS", "{}", "names no number"),
        ("SMS_NUMBERS", '["+15555550100"]', "names no number"),
        ("SMS_NUMBERS", '{"555-0100": "north"}', "is no number"),
        ("SMS_NUMBERS", '{"+15555550100": "nowhere"}', "unknown clinic 'nowhere'; known: north, south"),
        ("SMS_API_URL", "https://api.example.org", "trying out"),
    ],
)
def test_check_11_a_fault_refuses_to_start_and_names_the_variable(
    configured: pytest.MonkeyPatch, name: str, value: str, mend: str
) -> None:
    configured.setenv(f"FAQBOT_{name}", value)
    with pytest.raises(SettingsError, match=mend.replace("(", r"\(")) as caught:
        Assistant(settings(), port=1, action_port=2, progress=print).__enter__()
    assert f"FAQBOT_{name}" in str(caught.value)
