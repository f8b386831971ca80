"""The errors of the bot; their base is that of the retrieval layer, so that the command line catches one."""

from knowledge.errors import FaqbotError

__all__ = ["ConsultError", "FaqbotError", "ServingError", "SettingsError"]


class SettingsError(FaqbotError):
    """A setting has no usable value."""


class ServingError(FaqbotError):
    """A server could not be started or reached."""


class ConsultError(FaqbotError):
    """A consult request could not be stored."""
