"""How the SMS channel is set up: read from the settings once, refused with the mend where something is missing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import yaml

from bot.errors import SettingsError
from bot.settings import Settings
from bot.sites import LOOPBACK_HOSTS

PREFIX = "/webhooks/sms"
MIN_KEY = 32

_NUMBER = re.compile(r"\+[1-9]\d{6,14}|\d{5,6}")  # E.164, or a short code


@dataclass(frozen=True)
class Texted:
    """A clinic as its SMS needs it."""

    clinic: str
    short_name: str


@dataclass(frozen=True)
class SmsConfig:
    """A channel that is on. `numbers` maps each number that patients text to its clinic."""

    public_url: str
    account_sid: str
    auth_token: str = field(repr=False)
    key: str = field(repr=False)
    numbers: Mapping[str, Texted]
    database_url: str = field(repr=False)
    api_url: str = ""

    @property
    def webhook_url(self) -> str:
        """The address that the provider posts messages to."""
        return f"{self.public_url}{PREFIX}/webhook"

    def status_url(self, public_id: str) -> str:
        """The address that the provider posts the fate of one reply to."""
        return f"{self.public_url}{PREFIX}/status/{public_id}"


def sms_config(settings: Settings) -> SmsConfig | None:
    """The channel's configuration, or None where no number is set and the channel is off.

    Raises SettingsError naming the variable and the mend.
    """
    if not settings.sms_numbers.strip():
        return None
    for name, mend in (
        ("sms_auth_token", "copy the auth token from the provider's console"),
        ("sms_account_sid", "copy the account SID from the provider's console"),
    ):
        if not getattr(settings, name).strip():
            raise SettingsError(f"FAQBOT_{name.upper()} is empty and FAQBOT_SMS_NUMBERS is set: {mend}")
    if len(settings.sms_key) < MIN_KEY:
        raise SettingsError(
            f"FAQBOT_SMS_KEY has {len(settings.sms_key)} characters and needs {MIN_KEY}: make one with "
            '`python -c "import secrets; print(secrets.token_urlsafe(32))"` and keep it'
        )
    return SmsConfig(
        public_url=_url("FAQBOT_PUBLIC_URL", settings.public_url, secure=True),
        account_sid=settings.sms_account_sid.strip(),
        auth_token=settings.sms_auth_token.strip(),
        key=settings.sms_key,
        numbers=_numbers(settings),
        database_url=settings.sms_database_url,
        api_url=_url("FAQBOT_SMS_API_URL", settings.sms_api_url, secure=False) if settings.sms_api_url else "",
    )


def _url(name: str, value: str, *, secure: bool) -> str:
    """An address without path or slash at its end; http is for loopback only, where `secure` also through a proxy."""
    try:
        parts = urlsplit(value.strip())
        port = parts.port
    except ValueError as error:
        raise SettingsError(f"{name} is '{value}', no address: {error}") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError(f"{name} is '{value}': write the address that the provider calls, like https://example.org")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise SettingsError(f"{name} is '{value}': leave out what follows the host's name")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
        raise SettingsError(f"{name} is '{value}': use https, patients' words go over it")
    if not secure and parts.hostname not in LOOPBACK_HOSTS:
        raise SettingsError(f"{name} is '{value}': it is for trying out on this machine, leave it empty")
    return f"{parts.scheme}://{parts.hostname}" + (f":{port}" if port else "")


def _numbers(settings: Settings) -> dict[str, Texted]:
    name = "FAQBOT_SMS_NUMBERS"
    example = 'write a JSON object like {"+15555550100": "pain-team"}'
    try:
        data: Any = json.loads(settings.sms_numbers)
    except ValueError as error:
        raise SettingsError(f"{name} is no JSON ({error}): {example}") from error
    if not isinstance(data, dict) or not data:
        raise SettingsError(f"{name} names no number: {example}")
    out = {}
    for number, clinic in data.items():
        if not _NUMBER.fullmatch(number):
            raise SettingsError(f"{name}: '{number}' is no number: write it with + and country code, no spaces")
        out[number] = _texted(settings, str(clinic))
    return out


def _texted(settings: Settings, clinic: str) -> Texted:
    clinics = settings.knowledge_dir / "clinics"
    known = sorted(f.parent.name for f in clinics.glob("*/clinic.yml"))
    if clinic not in known:
        raise SettingsError(f"FAQBOT_SMS_NUMBERS: unknown clinic '{clinic}'; known: {', '.join(known)}")
    data: Any = yaml.safe_load((clinics / clinic / "clinic.yml").read_text(encoding="utf-8"))
    return Texted(clinic, str(data["short_name"]))
