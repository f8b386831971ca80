"""The keys that personal fields are encrypted with, and under which contacts are looked up.

`FAQBOT_CONSULT_KEYS` is `id:base64[,id:base64…]`, the newest first; each key has 32 bytes. Every sealed value carries
the id of its key, so that keys can be changed one after the other.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from bot.consult.errors import ConsultKeyError

KEY_BYTES = 32
NONCE_BYTES = 12
_ID = re.compile(r"[A-Za-z0-9_-]{1,20}")
MEND = 'make one with `faqbot consult make-key` and set FAQBOT_CONSULT_KEYS="id:key" (newest first)'


@dataclass(frozen=True)
class _Key:
    seal: AESGCM = field(repr=False)
    mac: bytes = field(repr=False)


def _derived(secret: bytes, use: bytes) -> bytes:
    return HKDFExpand(SHA256(), KEY_BYTES, b"faqbot consult " + use).derive(secret)


class Keyring:
    """Seals and opens texts. `newest` is the id of the key that new values are sealed with."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        """Keys by id, the newest first. Raises ConsultKeyError without any, or for one of another length."""
        if not keys:
            raise ConsultKeyError(f"there is no key for the consult requests; {MEND}")
        for key_id, secret in keys.items():
            if not _ID.fullmatch(key_id) or len(secret) != KEY_BYTES:
                raise ConsultKeyError(f"consult key '{key_id[:20]}' is not {KEY_BYTES} bytes in base64; {MEND}")
        self._keys = {i: _Key(AESGCM(_derived(s, b"seal")), _derived(s, b"contact")) for i, s in keys.items()}
        self.newest = next(iter(keys))

    @classmethod
    def parse(cls, text: str) -> Keyring:
        """From the form of FAQBOT_CONSULT_KEYS. Raises ConsultKeyError, never quoting a key."""
        keys: dict[str, bytes] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            key_id, _, encoded = part.partition(":")
            if key_id in keys:
                raise ConsultKeyError(f"consult key id '{key_id[:20]}' stands twice in FAQBOT_CONSULT_KEYS")
            keys[key_id] = _decoded(encoded)
        return cls(keys)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids, newest first."""
        return tuple(self._keys)

    def seal(self, text: str, about: str) -> str:
        """Encrypt; `about` names the place (table, row, column) and must be the same when it is opened."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._keys[self.newest].seal.encrypt(nonce, text.encode(), about.encode())
        return f"{self.newest}:{base64.b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, about: str) -> str:
        """Decrypt. Raises ConsultKeyError where the key is missing or the value was altered or moved."""
        key_id, _, encoded = sealed.partition(":")
        if key_id not in self._keys:
            raise ConsultKeyError(f"a consult request was sealed with key '{key_id}', which is not in the key ring")
        raw = _decoded(encoded)
        try:
            return self._keys[key_id].seal.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], about.encode()).decode()
        except (InvalidTag, ValueError) as error:  # ValueError: too short to hold anything
            raise ConsultKeyError(f"{about} cannot be opened: key '{key_id}' is another, or it was altered") from error

    def fingerprint(self, contact: str) -> str:
        """Keyed hash of a phone number or email address under the newest key, to find it again."""
        return self.fingerprints(contact)[0]

    def fingerprints(self, contact: str) -> tuple[str, ...]:
        """The same under each key, newest first: older rows carry that of an older key."""
        text = contact.strip().casefold().encode()
        return tuple(f"{i}:{hmac.new(k.mac, text, hashlib.sha256).hexdigest()}" for i, k in self._keys.items())


def make_key() -> str:
    """A new key in the form `id:base64`."""
    return f"k{secrets.token_hex(3)}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return b""
