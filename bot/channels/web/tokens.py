"""Tokens of web sessions: signed, short-lived, bound to one site, and made by the server alone."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import jwt

from bot.channels.web.problems import WebError
from bot.channels.web.secret import Keys

LIFETIME = 30 * 60  # seconds of one token
LONGEST = 24 * 60 * 60  # seconds for which a session can be renewed
ALGORITHM = "HS256"
AUDIENCE = "web"
VERIFIED = 1_000  # tokens whose signature need not be computed again
CLAIMS = ["exp", "sid", "site", "clinic", "began"]


@dataclass(frozen=True)
class Session:
    """A verified session. `conversation` is what Rasa and the logs see; it opens nothing."""

    id: str
    site: str
    clinic: str
    began: int
    expires: int
    conversation: str


class Tokens:
    """Makes and reads tokens. `clock` gives Unix time in seconds."""

    def __init__(self, keys: Keys, *, clock: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._signing = keys.key("token")
        self._clock = clock
        self._verified = lru_cache(maxsize=VERIFIED)(self._verify)  # a session says its token with each message

    def start(self, *, site: str, clinic: str) -> tuple[str, Session]:
        """A new session with a random id, and its token."""
        now = int(self._clock())
        return self._signed(secrets.token_urlsafe(24), site, clinic, began=now, now=now)

    def read(self, token: str) -> Session:
        """The session of a token. Raises WebError (401) for one that is missing, expired, altered or not ours."""
        if not token:
            raise WebError("no_token")
        session = self._verified(token)
        if session.expires <= self._clock():
            raise WebError("expired_token")
        return session

    def _verify(self, token: str) -> Session:
        """The session of a token that is whole and ours, whether or not its time is over."""
        try:
            claims = jwt.decode(
                token,
                self._signing,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                options={"require": CLAIMS, "verify_exp": False},  # our own clock decides
            )
        except (jwt.PyJWTError, ValueError) as error:  # ValueError: characters that no token has
            raise WebError("bad_token") from error
        return self._session(claims["sid"], claims["site"], claims["clinic"], claims["began"], claims["exp"])

    def renewed(self, session: Session) -> tuple[str, Session] | None:
        """A fresh token where more than half of the session's is over, but not beyond LONGEST; else None."""
        now = int(self._clock())
        expires = min(now + LIFETIME, session.began + LONGEST)
        if session.expires - now > LIFETIME / 2 or expires <= session.expires:
            return None
        return self._signed(session.id, session.site, session.clinic, began=session.began, now=now)

    def _signed(self, sid: str, site: str, clinic: str, *, began: int, now: int) -> tuple[str, Session]:
        expires = min(now + LIFETIME, began + LONGEST)
        claims = {"aud": AUDIENCE, "sid": sid, "site": site, "clinic": clinic, "began": began, "exp": expires}
        token = jwt.encode(claims, self._signing, algorithm=ALGORITHM)
        return token, self._session(sid, site, clinic, began, expires)

    def _session(self, sid: str, site: str, clinic: str, began: int, expires: int) -> Session:
        return Session(sid, site, clinic, began, expires, f"web-{self._keys.hash('conversation', sid)}")
