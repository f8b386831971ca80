"""What can go wrong with consult requests. No message carries a patient's words, name or contact."""

from __future__ import annotations

from bot.errors import ConsultError

__all__ = [
    "AlreadyClaimedError",
    "ConsultError",
    "ConsultKeyError",
    "InvalidFieldError",
    "InvalidRequestError",
    "LockedOutError",
    "LoginError",
    "UnknownRequestError",
]


class InvalidFieldError(ConsultError, ValueError):
    """What the patient wrote does not do for the field; the message is fit for the patient to read."""


class InvalidRequestError(ConsultError, ValueError):
    """A request that must not be stored; the message names the field."""


class ConsultKeyError(ConsultError):
    """A key is missing or wrong; the message says how to mend it."""


class UnknownRequestError(ConsultError):
    """There is no request with this id in the clinics that the caller may see."""


class AlreadyClaimedError(ConsultError):
    """Somebody else has the request."""


class LoginError(ConsultError):
    """Name or password is wrong, or the account is disabled: which one is not told."""


class LockedOutError(LoginError):
    """Too many wrong passwords; the account opens again by itself."""
