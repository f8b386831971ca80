"""Twilio's signature: over the configured public address and every field of the raw body, blank ones too."""

from __future__ import annotations

from urllib.parse import parse_qsl

from multidict import MultiDict
from twilio.request_validator import RequestValidator

MAX_FIELDS = 200

Fields = MultiDict[str]


def fields_of(body: bytes) -> Fields | None:
    """The form fields of a request's raw body, blank ones kept; None where it is no form that Twilio sends.

    Sanic's own `request.form` drops blank fields, over which Twilio signs.
    """
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:  # UnicodeDecodeError is one
        return None
    return MultiDict(pairs)


def signed(url: str, fields: Fields, signature: str, auth_token: str) -> bool:
    """Whether Twilio, which alone shares `auth_token`, signed these fields for that address."""
    if not signature.isascii():
        return False
    return bool(RequestValidator(auth_token).validate(url, fields, signature))


def sign(url: str, fields: Fields, auth_token: str) -> str:
    """The signature that Twilio would send, for the simulator."""
    return str(RequestValidator(auth_token).compute_signature(url, fields))
