"""TwiML: the webhook's response, empty or with one message."""

from __future__ import annotations

from twilio.twiml.messaging_response import MessagingResponse

CONTENT_TYPE = "text/xml; charset=utf-8"


def reply(text: str | None, *, status_url: str = "") -> str:
    """The response with one message, whose fate goes to `status_url`; without a text an empty response.

    >>> reply(None)
    '<?xml version="1.0" encoding="UTF-8"?><Response />'
    """
    response = MessagingResponse()
    if text:
        response.message(text, action=status_url or None, method="POST" if status_url else None)
    return str(response)
