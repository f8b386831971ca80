"""The secret of the web channel, and the keys made from it."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

FILE = "web-secret"


@dataclass(frozen=True)
class Keys:
    """One key a purpose, so that what one of them makes says nothing about the others."""

    secret: bytes

    def key(self, purpose: str) -> bytes:
        """A key of 32 bytes."""
        return hmac.new(self.secret, purpose.encode(), hashlib.sha256).digest()

    def hash(self, purpose: str, value: str) -> str:
        """A keyed hash of a value, 32 hexadecimal digits: it leads back to the value for nobody without the key."""
        return hmac.new(self.key(purpose), value.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]


def load_keys(given: str, run_dir: Path) -> Keys:
    """The keys from a given secret; else from one that is made once and kept in `run_dir`, for its user only."""
    if given:
        return Keys(given.encode())
    run_dir.mkdir(parents=True, exist_ok=True)
    path = run_dir / FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = path.read_bytes()
        if len(kept) >= 32:
            return Keys(kept)
        path.unlink()  # cut short by a crash
        return load_keys(given, run_dir)
    made = secrets.token_hex(32).encode()
    with os.fdopen(handle, "wb") as out:
        out.write(made)
    return Keys(made)
