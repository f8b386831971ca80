"""A consult request: what a patient agreed to pass on to the clinic's staff."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.consult.errors import InvalidRequestError

CONSENT = "I agree that the clinic's staff contact me about this request."
SMS_CONSENT = "The clinic may text me about this request. Message and data rates may apply. Reply STOP to end."
HISTORY_CONSENT = "Staff may see the questions I asked in this chat."
CONSENT_VERSION = "2026-11-24"  # of all three; change it with any of the words above
METHODS = ("call", "text", "email")
REASONS = {
    "cost": "Cost or payment",
    "scheduling": "An appointment",
    "preparation": "Getting ready for an infusion",
    "medical": "A medical question",
    "after": "How I feel after an infusion",
    "other": "Something else",
}


@dataclass(frozen=True)
class Consent:
    """What the patient agreed to: the exact words that were shown, their version, and when (with time zone)."""

    words: str
    version: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ConsultRequest:
    """What is stored when a patient has read it back and agreed. Personal fields are left out of its repr.

    `conversation` and `form_run` together make storing it twice one. `phone` is E.164. `contact_when` is the
    patient's own words, `timezone` the IANA name they were read in ("" where the clinic's is unknown). `reason` is
    one of REASONS. `history` is what the patient asked before, only with consent. Raises InvalidRequestError.
    """

    clinic: str
    channel: str
    conversation: str
    form_run: str
    name: str = field(repr=False)
    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    contact_method: str
    contact_when: str = field(repr=False)
    timezone: str = ""
    reason: str = "other"
    reason_text: str = field(default="", repr=False)
    consent: Consent
    sms_consent: Consent | None = None
    urgent: bool = False
    history_consent: bool = False
    history: tuple[str, ...] = field(default=(), repr=False)
    created_at: datetime

    def __post_init__(self) -> None:
        """Refuse what must never be stored; the sentence names the field, never its value."""
        for wrong, what in self._faults():
            if wrong:
                raise InvalidRequestError(f"a consult request cannot be stored: {what}")

    def _faults(self) -> tuple[tuple[bool, str], ...]:
        moments = [self.created_at, self.consent.at, *([self.sms_consent.at] if self.sms_consent else [])]
        return (
            (not (self.clinic and self.conversation and self.form_run), "clinic, conversation or form_run is empty"),
            (not self.name, "the name is empty"),
            (not (self.phone or self.email), "there is neither a phone number nor an email address"),
            (self.contact_method not in METHODS, f"contact_method is none of {', '.join(METHODS)}"),
            (self.contact_method in ("call", "text") and not self.phone, "to call or text needs a phone number"),
            (self.contact_method == "email" and not self.email, "contact by email needs an email address"),
            (self.contact_method == "text" and not self.sms_consent, "contact by text needs consent to SMS"),
            (self.reason not in REASONS, f"reason is none of {', '.join(REASONS)}"),
            (not self.consent.words, "there is no consent"),
            (bool(self.history) and not self.history_consent, "history needs the patient's consent"),
            (any(moment.tzinfo is None for moment in moments), "a time has no time zone"),
        )


@dataclass(frozen=True)
class Receipt:
    """What storing gave: the id to quote; `appended` to an open request of the same contact; `existing`: sent twice."""

    public_id: str
    appended: bool = False
    existing: bool = False
