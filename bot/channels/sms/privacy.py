"""What hides a patient in the ledger: a keyed hash to recognise a number, a cipher where its digits are needed."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import SettingsError


class Keys:
    """Two keys out of one secret: one for hashes, one for the cipher.

    >>> keys = Keys("x" * 32)
    >>> keys.open(keys.seal("+15555550123"))
    '+15555550123'
    >>> keys.sender("+15555550123", "north") == keys.sender("+15555550123", "south")
    False
    """

    def __init__(self, secret: str) -> None:
        self._hash_key = _derive(secret, b"sms sender")
        self._cipher = Fernet(base64.urlsafe_b64encode(_derive(secret, b"sms cipher")))

    def sender(self, number: str, clinic: str) -> str:
        """The name under which a number is kept; two clinics know the same patient under two names."""
        return self._mac("sender", number, clinic)

    def conversation(self, sender: str, epoch: int) -> str:
        """The id of a conversation in Rasa; an opt-out begins a new epoch, and so a new conversation."""
        return f"sms-{self._mac('conversation', sender, str(epoch))}"

    def seal(self, text: str) -> str:
        """`text` encrypted."""
        return self._cipher.encrypt(text.encode("utf-8", "replace")).decode("ascii")

    def open(self, sealed: str) -> str:
        """What was sealed. Raises SettingsError where another key sealed it."""
        try:
            return self._cipher.decrypt(sealed.encode("ascii")).decode("utf-8")
        except InvalidToken as error:
            raise SettingsError(
                "the SMS database was written with another FAQBOT_SMS_KEY: set that key again, or begin with an "
                "empty database (opt-outs are then forgotten)"
            ) from error

    def _mac(self, *parts: str) -> str:
        message = b"\x00".join(p.encode("utf-8", "replace") for p in parts)
        return hmac.new(self._hash_key, message, hashlib.sha256).hexdigest()[:40]


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode("utf-8"))
