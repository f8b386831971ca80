"""What patients write into the fields of a consult request, checked and brought into one form."""

from __future__ import annotations

from dataclasses import dataclass, field

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from bot.consult.errors import InvalidFieldError
from bot.consult.model import REASONS
from bot.safety.identifiers import SOCIAL_SECURITY

MAX_FIELD = 300
MAX_NAME = 80
REMOVED = "[number removed]"  # in place of a social security number: never kept, even if given unasked


@dataclass(frozen=True)
class Contact:
    """How to reach the patient: at least one of both is set. `phone` is E.164."""

    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)

    @property
    def shown(self) -> str:
        """As it is read back to the patient."""
        return self.phone or self.email or ""


def parse_name(text: str) -> str:
    """A name as given. Raises InvalidFieldError for what cannot be one."""
    name = " ".join(text.split())
    if not name or len(name) > MAX_NAME or not any(c.isalpha() for c in name):
        raise InvalidFieldError("Please write the name that staff should ask for.")
    return name


def parse_phone(text: str, *, region: str = "US") -> str:
    """The phone number in a text, as E.164; without a country code it is one of `region`. Raises InvalidFieldError."""
    without_addresses = " ".join("," if "@" in word else word for word in text.split())  # 2127365000@example.com
    for match in phonenumbers.PhoneNumberMatcher(without_addresses, region):
        if phonenumbers.is_valid_number(match.number):
            return str(phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164))
    raise InvalidFieldError("I need a phone number with area code, for example 212 555 0123.")


def parse_email(text: str) -> str:
    """The email address in a text; no mail server is asked. Raises InvalidFieldError."""
    address = next((word.strip(".,;:<>()") for word in text.split() if "@" in word), text)
    try:
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        # "from None": the library's message may quote the address, and a log may print it
        raise InvalidFieldError("That email address does not look complete. Please write it again.") from None


def parse_contact(text: str, *, region: str = "US") -> Contact:
    """A phone number or an email address. Raises InvalidFieldError saying what is wrong with it."""
    text = text.strip()
    try:
        return Contact(phone=parse_phone(text, region=region))
    except InvalidFieldError:
        if "@" in text:
            return Contact(email=parse_email(text))
    raise InvalidFieldError("I need a phone number with area code, or an email address.")


def parse_words(text: str, *, what: str) -> str:
    """A few words of the patient's own, kept short. Raises InvalidFieldError where there are none."""
    words = " ".join(text.split())
    if not words:
        raise InvalidFieldError(f"Please write in a few words {what}.")
    return SOCIAL_SECURITY.sub(REMOVED, words)[:MAX_FIELD]


def parse_when(text: str) -> str:
    """When staff may reach the patient, in the patient's words. Raises InvalidFieldError where there are none."""
    return parse_words(text, what="when staff may reach you")


def parse_reason(text: str) -> str:
    """The category of REASONS that a button, its words or its number (from 1) names. Raises InvalidFieldError."""
    said = " ".join(text.casefold().split()).strip(".!")
    for number, (reason, label) in enumerate(REASONS.items(), 1):
        if said in (reason, label.casefold(), str(number)):
            return reason
    choices = ", ".join(f"{number} {label}" for number, label in enumerate(REASONS.values(), 1))
    raise InvalidFieldError(f"Please choose one: {choices}.")
