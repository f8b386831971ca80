"""What sends clinics their notifications, from the settings; servers that only talk import none of it."""

from __future__ import annotations

import os

from bot.consult.clinics import Clinics
from bot.consult.deliver import Deliverer, Mail, SignedWebhook, Smtp
from bot.errors import SettingsError
from bot.settings import Settings


def deliverers(settings: Settings, known: Clinics) -> dict[str, Deliverer]:
    """What sends each kind of notification that some clinic wants.

    Raises SettingsError naming the variable where a mail server or a webhook's secret is missing.
    """
    kinds = {kind for clinic in known.clinics.values() for kind in clinic.notify.kinds}
    made: dict[str, Deliverer] = {}
    if "mail" in kinds:
        made["mail"] = Mail(_smtp(settings), known, inbox_url=settings.inbox_url)
    if "webhook" in kinds:
        made["webhook"] = SignedWebhook(known, _secrets(known), inbox_url=settings.inbox_url)
    return made


def _smtp(settings: Settings) -> Smtp:
    for name in ("smtp_host", "smtp_from"):
        if not getattr(settings, name):
            raise SettingsError(f"FAQBOT_{name.upper()} is not set, but a clinic has notify.emails")
    return Smtp(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_from,
        settings.smtp_security,
        settings.smtp_user,
        settings.smtp_password,
    )


def _secrets(known: Clinics) -> dict[str, str]:
    secrets = {}
    for clinic, chosen in known.clinics.items():
        if chosen.notify.webhook is not None:
            name = chosen.notify.webhook.secret_env
            secrets[clinic] = os.environ.get(name, "")
            if not secrets[clinic]:
                raise SettingsError(f"{name} is not set: the secret of the webhook of clinic {clinic}")
    return secrets
