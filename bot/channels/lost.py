"""A turn that comes to nothing: what it has not finished leaves no trace in the conversation."""

from __future__ import annotations

from contextvars import ContextVar


class TurnLostError(BaseException):
    """A part that the turn needs does not work. Rasa goes on behind any Exception, so this is none.

    Rasa saves a conversation at the end of a turn alone: a turn that ends by this error has never been.
    """


# Whether the turn that runs here is to end where a part of it fails. A message in danger is kept all the same.
ALL_OR_NOTHING: ContextVar[bool] = ContextVar("all_or_nothing", default=False)

# Seconds that an action may take in the turn that runs here: it takes milliseconds, and with the rest of its turn this
# stays within a patient's 3 s. A text may wait for longer, as its reply can come through the REST API.
ACTION_SECONDS: ContextVar[float] = ContextVar("action_seconds", default=2.0)
TEXT_SECONDS = 60.0
