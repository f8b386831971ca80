"""The provider's REST API behind an interface: send a message, look whether one has gone. Calls block."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Protocol

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

API = "https://api.twilio.com"
TIMEOUT = 10.0  # seconds
LOOKED_AT = 20  # of the latest messages to a number, when one is looked for
CLOCKS_APART = 5.0  # seconds by which the provider's clock may be behind ours

_silent = logging.getLogger("bot.channels.sms.http")  # twilio logs phone numbers at INFO
_silent.setLevel(logging.CRITICAL)


@dataclass
class ProviderError(Exception):
    """The provider did not take a message; `unsure` says that it may have taken it all the same."""

    code: int | None
    status: int | None = None
    unsure: bool = False


class Provider(Protocol):
    """What the channel needs of a provider."""

    def send(self, *, to: str, from_: str, body: str, status_url: str) -> str:
        """Send a message; returns the provider's id of it. Raises ProviderError."""

    def find(self, *, to: str, from_: str, body: str, since: float) -> str | None:
        """The provider's id of a message like this that it took at `since` or later. Raises ProviderError."""


class TwilioProvider:
    """Twilio's API by its own client; `http_client` is another transport, for tests."""

    def __init__(
        self, account_sid: str, auth_token: str, *, api_url: str = "", http_client: HttpClient | None = None
    ) -> None:
        client = http_client or _Elsewhere(api_url or API)
        self._client = Client(account_sid, auth_token, http_client=client, environment={"": ""})

    def send(self, *, to: str, from_: str, body: str, status_url: str) -> str:
        """Send a message; returns its sid."""
        try:
            message = self._client.messages.create(to=to, from_=from_, body=body, status_callback=status_url)
        except (TwilioException, requests.RequestException, ValueError) as error:
            raise _fault(error) from error
        return str(message.sid)

    def find(self, *, to: str, from_: str, body: str, since: float) -> str | None:
        """The sid of such a message among the latest to that number, replies by TwiML among them."""
        try:
            found = self._client.messages.list(to=to, from_=from_, limit=LOOKED_AT, page_size=LOOKED_AT)
        except (TwilioException, requests.RequestException, ValueError) as error:
            raise _fault(error) from error
        for message in found:
            created = message.date_created
            if message.body == body and created and created.timestamp() >= since - CLOCKS_APART:
                return str(message.sid)
        return None


class _Elsewhere(TwilioHttpClient):
    """Twilio's transport with a time limit, its log of numbers off, and the API at another address if wanted."""

    def __init__(self, api_url: str) -> None:
        super().__init__(timeout=TIMEOUT, logger=_silent, pool_connections=True)
        self._api_url = api_url

    def request(self, method: str, url: str, *args: Any, **more: Any) -> Any:
        """One request; the address in it is Twilio's."""
        return super().request(method, url.replace(API, self._api_url, 1), *args, **more)


def _fault(error: Exception) -> ProviderError:
    if isinstance(error, TwilioRestException):
        return ProviderError(error.code, error.status, unsure=error.status >= 500)
    refused = isinstance(error, requests.ConnectTimeout) or (
        isinstance(error, requests.ConnectionError) and "NewConnectionError" in repr(error)
    )
    return ProviderError(None, 503, unsure=not refused)
