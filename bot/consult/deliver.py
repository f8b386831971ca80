"""Telling a clinic that a request is there: by mail and by signed webhook, with its id and a link and nothing more."""

from __future__ import annotations

import json
import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.message import EmailMessage
from typing import Protocol

import httpx
from standardwebhooks.webhooks import Webhook as Signer

from bot.consult.clinics import Clinics
from bot.consult.outbox import Notification
from bot.errors import ConsultError

TIMEOUT = 20.0  # seconds, well within the lease of the outbox


class DeliveryError(ConsultError):
    """It did not arrive; worth another try. The message holds no personal data and no secret."""


class Deliverer(Protocol):
    """Sends a notification of one kind."""

    def __call__(self, notification: Notification) -> None:
        """Returns when it has arrived. Raises DeliveryError."""


@dataclass(frozen=True)
class Smtp:
    """The mail server to send by. `security` is "starttls", "tls" or "none"."""

    host: str
    port: int
    sender: str
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)


class Mail:
    """Sends by SMTP to the clinic's addresses."""

    def __init__(self, smtp: Smtp, clinics: Clinics, *, inbox_url: str) -> None:
        """`inbox_url` is where staff open the inbox."""
        self._smtp = smtp
        self._clinics = clinics
        self._inbox_url = inbox_url

    def __call__(self, notification: Notification) -> None:
        """Send one mail to all addresses of the clinic. Raises DeliveryError."""
        addresses = self._clinics.of(notification.clinic).notify.emails
        if not addresses:
            raise DeliveryError(f"clinic {notification.clinic} has no notify.emails")
        message = _mail(notification, self._smtp.sender, addresses, link(self._inbox_url, notification.public_id))
        try:
            with self._connected() as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            raise DeliveryError(
                f"mail server: {type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()
            ) from error

    def _connected(self) -> smtplib.SMTP:
        smtp, context = self._smtp, ssl.create_default_context()
        if smtp.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(smtp.host, smtp.port, timeout=TIMEOUT)
        if smtp.security == "starttls":
            server.starttls(context=context)
        if smtp.user:
            server.login(smtp.user, smtp.password)
        return server


class SignedWebhook:
    """Posts JSON signed by Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`."""

    def __init__(self, clinics: Clinics, secrets: dict[str, str], *, inbox_url: str) -> None:
        """`secrets` are those of each clinic with a webhook, as `whsec_…`."""
        self._clinics = clinics
        self._signers = {clinic: Signer(secret) for clinic, secret in secrets.items()}
        self._inbox_url = inbox_url

    def __call__(self, notification: Notification) -> None:
        """Post once. Raises DeliveryError for anything but a status of 200 to 299."""
        webhook = self._clinics.of(notification.clinic).notify.webhook
        signer = self._signers.get(notification.clinic)
        if webhook is None or signer is None:
            raise DeliveryError(f"clinic {notification.clinic} has no notify.webhook, or its secret is not set")
        body = _body(notification, link(self._inbox_url, notification.public_id))
        now = datetime.now(timezone.utc)
        headers = {
            "content-type": "application/json",
            "webhook-id": notification.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signer.sign(notification.id, now, body),
        }
        try:
            reply = httpx.post(webhook.url, content=body, headers=headers, timeout=TIMEOUT, trust_env=False)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise DeliveryError(f"webhook: {type(error).__name__}") from error
        if not reply.is_success:
            raise DeliveryError(f"webhook: status {reply.status_code}")


def link(inbox_url: str, public_id: str) -> str:
    """Where staff open the request."""
    return f"{inbox_url.rstrip('/')}/requests/{public_id}"


def _body(notification: Notification, url: str) -> str:
    return json.dumps(
        {
            "type": f"consult.{notification.event}",
            "timestamp": notification.created_at.isoformat(),
            "data": {"id": notification.public_id, "clinic": notification.clinic, "url": url},
        },
        separators=(",", ":"),
    )


def _mail(notification: Notification, sender: str, addresses: tuple[str, ...], url: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = ", ".join(addresses)
    message["Subject"] = f"Consult request {notification.public_id}"
    message["Message-ID"] = f"<{notification.id}@{sender.rpartition('@')[2].strip('>')}>"
    message["Auto-Submitted"] = "auto-generated"
    what = "A patient has added to a consult request" if notification.event == "appended" else "A new consult request"
    message.set_content(f"{what}: {notification.public_id}\n\n{url}\n")
    return message
