"""Conversation ids as logs and traces show them: hashed, the same in all processes that share a secret."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from bot.settings import settings

_CURRENT: ContextVar[str] = ContextVar("conversation", default="")
# How Rasa's own messages name a conversation
_NAMED = re.compile(r"""((?:conversation|sender)(?:[ _]?id)?s?\W{1,3}['"])([^'"]+)(?=['"])""", re.IGNORECASE)


def hashed(conversation: str) -> str:
    """A keyed hash of a conversation's id, 16 hexadecimal digits; "" stays "".

    The id of a stock channel may be a name or a phone number: it leads back to it for nobody without the key.
    """
    if not conversation:
        return ""
    return hmac.new(_key(), conversation.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:16]


@contextmanager
def of_conversation(conversation: str) -> Iterator[None]:
    """Everything that is logged in the block belongs to a conversation."""
    token = _CURRENT.set(conversation)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def enter_conversation(conversation: str) -> None:
    """As `of_conversation`, until the present task ends."""
    _CURRENT.set(conversation)


def current() -> str:
    """The hashed id of the conversation that is being served here, "" for none."""
    return hashed(_CURRENT.get())


def without_ids(text: str) -> str:
    """The text with ids of conversations replaced by their hashes."""
    conversation = _CURRENT.get()
    if conversation:
        text = text.replace(conversation, hashed(conversation))
    return _NAMED.sub(_as_hash, text)


def _as_hash(found: re.Match[str]) -> str:
    known = found[2] == current() and found[2]
    return found[1] + (known or hashed(found[2]))


@cache
def _key() -> bytes:
    """From the web secret where it is set; else from the token that `faqbot serve` hands to its processes."""
    secret = settings().web_secret or settings().operator_token or secrets.token_hex(32)
    return hmac.new(secret.encode(), b"log", hashlib.sha256).digest()
