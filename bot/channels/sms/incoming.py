"""A message as the provider's webhook tells it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.sms.signature import Fields

MAX_ID = 64
MAX_BODY = 10_000  # characters kept; Twilio's own limit is 1,600


@dataclass(frozen=True)
class Incoming:
    """One message of a patient. `control` is what Twilio's own opt-out service saw in it (STOP, START, HELP)."""

    sid: str
    sender: str
    number: str
    body: str
    media: int = 0
    control: str = ""
    account: str = ""


def incoming(fields: Fields) -> Incoming | None:
    """The message in a webhook's fields; None where it has no id, sender or number.

    >>> incoming(Fields({"MessageSid": "SM1", "From": "+15555550123", "To": "+15555550100", "Body": "hi"})).body
    'hi'
    """
    sid = fields.get("MessageSid") or fields.get("SmsSid") or ""
    sender, number = fields.get("From", ""), fields.get("To", "")
    if not all(0 < len(v) <= MAX_ID and v.isprintable() for v in (sid, sender, number)):
        return None
    return Incoming(
        sid=sid,
        sender=sender,
        number=number,
        body=fields.get("Body", "").replace("\x00", "")[:MAX_BODY],
        media=_count(fields.get("NumMedia", "")),
        control=fields.get("OptOutType", "").upper(),
        account=fields.get("AccountSid", ""),
    )


def _count(text: str) -> int:
    return min(int(text), 99) if text.isascii() and text.isdigit() and len(text) < 5 else 0
