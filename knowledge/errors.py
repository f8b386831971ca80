"""The small tree of errors that the assistant raises on purpose.

Each message says what is wrong, where, and the mend; the command line prints it without a traceback.
"""


class FaqbotError(Exception):
    """Base of every error that a person can mend."""


class KnowledgeError(FaqbotError):
    """The FAQ content cannot be used: `faqbot knowledge check` lists every problem."""


class IndexUnusableError(FaqbotError):
    """The built index is missing, half built or damaged: `faqbot build` makes a new one."""


class EncoderError(FaqbotError):
    """The sentence encoder is missing or is not the one whose hash is pinned."""


class UnknownClinicError(FaqbotError):
    """A clinic was named that the knowledge does not hold."""
