"""A patient's phone in the terminal: signed webhook requests to a server, replies with their segments and encoding."""

from __future__ import annotations

import sys
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Callable
from urllib.parse import urlencode

import httpx

from bot.channels.sms.config import PREFIX, SmsConfig
from bot.channels.sms.segments import measure
from bot.channels.sms.signature import Fields, sign
from bot.errors import ServingError, SettingsError

Write = Callable[[str], None]
LEAVE = "/stop"
TIMEOUT = 20.0  # seconds; the provider itself gives up after 15


class Phone:
    """Texts from one number to a clinic's, as the provider would bring them to the server at `address`."""

    def __init__(self, config: SmsConfig, address: str, *, clinic: str, number: str) -> None:
        """Raises SettingsError where no number is the clinic's."""
        own = [n for n, texted in config.numbers.items() if texted.clinic == clinic]
        if not own:
            raise SettingsError(f"FAQBOT_SMS_NUMBERS has no number of clinic '{clinic}': add one")
        self.to, self._number, self._config = own[0], number, config
        self._client = httpx.Client(base_url=address, timeout=TIMEOUT, trust_env=False)

    def text(self, words: str, *, pictures: int = 0) -> list[str]:
        """Send a text; the replies in the response. Raises ServingError where the server refuses or is gone."""
        fields = {
            "MessageSid": f"SM{uuid.uuid4().hex}", "AccountSid": self._config.account_sid, "From": self._number,
            "To": self.to, "Body": words, "NumMedia": str(pictures), "FromCity": "", "FromZip": "",
        }  # fmt: skip
        signature = sign(self._config.webhook_url, Fields(fields), self._config.auth_token)
        headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
        try:
            response = self._client.post(f"{PREFIX}/webhook", content=urlencode(fields), headers=headers)
        except httpx.HTTPError as error:
            raise ServingError(f"the server does not answer ({type(error).__name__}); does it still run?") from error
        if response.status_code != 200:
            raise ServingError(
                f"the server answered {response.status_code} ({response.text}): it must have the same FAQBOT_SMS_ "
                "settings and FAQBOT_PUBLIC_URL as this command"
            )
        return [m.text or "" for m in ET.fromstring(response.content).iter("Message")]

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()


def converse(phone: Phone, write: Write) -> None:
    """Read texts from standard input until its end or `/stop`; "/picture" sends a picture without words."""
    write(f"Texting {phone.to}. {LEAVE} ends, /picture sends a picture. STOP, START and HELP work as on a phone.")
    while True:
        try:
            words = input("you> " if sys.stdin.isatty() else "")
        except EOFError:
            return
        if words.strip() == LEAVE:
            return
        replies = phone.text("", pictures=1) if words.strip() == "/picture" else phone.text(words)
        for reply in replies:
            show(reply, write)
        if not replies:
            write("  (nothing in the response)")


def show(reply: str, write: Write) -> None:
    """A reply as it goes out, and how long it is there."""
    length = measure(reply)
    plural = "" if length.segments == 1 else "s"
    write(reply)
    write(f"  [{length.encoding}, {length.units} characters, {length.segments} segment{plural}]")
