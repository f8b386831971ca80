"""A patient's phone and the provider's webhook for tests: signed requests, and replies as the phone gets them."""

from __future__ import annotations

import uuid
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx

from bot.channels.sms.local_provider import LocalProvider
from bot.channels.sms.signature import Fields, sign

NUMBERS = {"+15555550100": "pain-team", "+15555550101": "virginia-infusion", "+15555550102": "infusion-therapeutix"}
ACCOUNT = "AC" + "0" * 32
TOKEN = "a token for tests only"
PUBLIC = "https://sms.example.org"
ENV = {
    "FAQBOT_PUBLIC_URL": PUBLIC,
    "FAQBOT_SMS_NUMBERS": '{"+15555550100": "pain-team", "+15555550101": "virginia-infusion", '
    '"+15555550102": "infusion-therapeutix"}',
    "FAQBOT_SMS_ACCOUNT_SID": ACCOUNT,
    "FAQBOT_SMS_AUTH_TOKEN": TOKEN,
    "FAQBOT_SMS_KEY": "a key for tests only, long enough",
}


@dataclass
class Phone:
    """Texts from `number` to `to`; the server is at `address`."""

    address: str
    number: str = "+15555550123"
    to: str = "+15555550100"
    provider: LocalProvider | None = None
    timeout: float = 20.0

    def fields(self, text: str, sid: str = "", **more: str) -> dict[str, str]:
        """What Twilio posts, with the blank fields that real requests have."""
        return {
            "ToCountry": "US", "SmsMessageSid": sid, "NumMedia": "0", "FromCity": "", "FromZip": "", "ToCity": "",
            "MessageSid": sid or f"SM{uuid.uuid4().hex}", "AccountSid": ACCOUNT, "From": self.number, "To": self.to,
            "Body": text, "NumSegments": "1", "ApiVersion": "2010-04-01", **more,
        }  # fmt: skip

    def post(
        self, fields: dict[str, str], *, path: str = "/webhooks/sms/webhook", signature: str | None = None
    ) -> httpx.Response:
        """A signed request; `signature` another than the right one."""
        right = sign(f"{PUBLIC}{path}", Fields(fields), TOKEN)
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "x-twilio-signature": right if signature is None else signature,
        }
        with httpx.Client(base_url=self.address, timeout=self.timeout, trust_env=False, verify=False) as client:
            response = client.post(path, content=urlencode(fields), headers=headers)
        for body in said(response):
            if self.provider:
                self.provider.log(to=fields["From"], from_=fields["To"], body=body, via="twiml")
        return response

    def text(self, words: str, **more: str) -> str | None:
        """Send a text; the reply in the response, or None where it is empty."""
        response = self.post(self.fields(words, **more))
        assert response.status_code == 200, (response.status_code, response.text)
        replies = said(response)
        assert len(replies) <= 1
        return replies[0] if replies else None


def said(response: httpx.Response) -> list[str]:
    """The messages in a TwiML response."""
    if response.status_code != 200 or "xml" not in response.headers.get("content-type", ""):
        return []
    return [m.text or "" for m in ET.fromstring(response.content).iter("Message")]
