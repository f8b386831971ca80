"""A consult request, and what makes its fields valid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import phonenumbers
from email_validator import EmailNotValidError, validate_email

CONSENT = "I agree that the clinic's staff contact me about this request."
CONSENT_VERSION = "2026-11-22"
MAX_FIELD = 300


class InvalidFieldError(ValueError):
    """What the patient wrote does not do for the field; the message is fit for the patient to read."""


@dataclass(frozen=True)
class Contact:
    """How to reach the patient: exactly one of both is set. `phone` is E.164."""

    phone: str | None = None
    email: str | None = None

    @property
    def shown(self) -> str:
        """As it is read back to the patient."""
        return self.phone or self.email or ""


@dataclass(frozen=True)
class ConsultRequest:
    """What is stored when a patient has read it back and agreed. `form_run` makes storing it twice one."""

    clinic: str
    channel: str
    conversation: str
    form_run: str
    name: str
    contact: Contact
    when: str
    reason: str
    consent: str
    consent_version: str
    agreed_at: datetime


def parse_name(text: str) -> str:
    """A name as given. Raises InvalidFieldError for what cannot be one."""
    name = " ".join(text.split())
    if not name or len(name) > 80 or not any(c.isalpha() for c in name):
        raise InvalidFieldError("Please write the name that staff should ask for.")
    return name


def parse_contact(text: str, *, region: str = "US") -> Contact:
    """A phone number or an email address. Raises InvalidFieldError saying what is wrong with it."""
    text = text.strip()
    for match in phonenumbers.PhoneNumberMatcher(text, region):
        if phonenumbers.is_valid_number(match.number):
            return Contact(phone=phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164))
    if "@" in text:
        address = next((word.strip(".,;:<>()") for word in text.split() if "@" in word), text)
        try:
            return Contact(email=validate_email(address, check_deliverability=False).normalized)
        except EmailNotValidError as error:
            raise InvalidFieldError("That email address does not look complete. Please write it again.") from error
    raise InvalidFieldError("I need a phone number with area code, or an email address.")


def parse_words(text: str, *, what: str) -> str:
    """A few words of the patient's own, kept short. Raises InvalidFieldError where there are none."""
    words = " ".join(text.split())
    if not words:
        raise InvalidFieldError(f"Please write in a few words {what}.")
    return words[:MAX_FIELD]
