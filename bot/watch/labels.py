"""The closed sets that labels come from: what a patient writes can never become one."""

from __future__ import annotations

from collections.abc import Collection

from bot.safety.examples import DANGERS

OTHER = "other"
CHANNELS = ("web", "sms", "shell")
KINDS = (
    "answer", "clarify", "no_answer", "out_of_scope", "defer", "crisis", "emergency", "privacy", "deescalate",
    "consult", "smalltalk", "error",
)  # fmt: skip
DECLINED = ("faq_silent", "not_understood", "out_of_scope", "defer")
HELP = ("help", "line")  # the whole help, or the line of help in doubt
PARTS = ("read", "engine", "finish", "search", "action")
FAILURES = ("engine", "late", "deadline", "busy", "state", "early")
PROCESSES = ("rasa", "actions")
VERSIONS = ("rasa_model", "index", "encoder")

__all__ = [
    "CHANNELS", "DANGERS", "DECLINED", "FAILURES", "HELP", "KINDS", "OTHER", "PARTS", "PROCESSES", "VERSIONS",
    "one_of", "why_declined",
]  # fmt: skip


def one_of(value: str, known: Collection[str]) -> str:
    """The value where it is a known one, else "other".

    >>> one_of("fax", CHANNELS)
    'other'
    """
    return value if value in known else OTHER


def why_declined(kind: str, *, questions: bool) -> str:
    """Why a reply of that kind gave no answer, "" where it is none that declines.

    `questions` says whether a question was understood.

    >>> why_declined("no_answer", questions=True)
    'faq_silent'
    """
    if kind == "no_answer":
        return "faq_silent" if questions else "not_understood"
    return kind if kind in DECLINED else ""
