"""What the safety screen's verdict adds to a reply that is no help itself: pure, without Rasa."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.channels.room import PRIVACY, Line, Message, first_fitting, fits_web, web_forms
from bot.channels.sms.room import sms_messages
from bot.safety.examples import NONE
from bot.safety.help import help_text
from bot.safety.personal import ASKED_FOR, personal_data
from bot.safety.screen import Verdict

# Replies that say nothing to the patient's question: the line about privacy is the reply then
EMPTY_HANDED = frozenset({"no_answer", "out_of_scope", "smalltalk", "clarify"})


@dataclass(frozen=True)
class Guarded:
    """The kind of a reply and the lines that come behind it."""

    kind: str
    lines: tuple[Line, ...]


def kind_of(danger: str) -> str:
    """The kind of the batch contract for a danger.

    >>> kind_of("abuse")
    'crisis'
    """
    return "emergency" if danger == "emergency" else "crisis"


def guarded(
    kind: str, verdict: Verdict, text: str, channel: str, *, country: str, after_crisis: bool = False
) -> Guarded:
    """What belongs to a reply of that kind: a line of help in doubt or after a crisis, a line on privacy."""
    lines: list[Line] = []

    private = verdict.personal
    if kind == "consult":
        private = bool(set(personal_data(text)) - ASKED_FOR)
    if private:
        said, short = (help_text(name, channel, language=verdict.language) for name in (PRIVACY, "privacy_short"))
        lines.append(Line(PRIVACY, said, short))
        kind = "privacy" if kind in EMPTY_HANDED else kind
    if verdict.danger != NONE or after_crisis:
        said, short = (help_text("line", c, language=verdict.language, country=country) for c in (channel, "sms"))
        lines.append(Line("line", said, short))
    return Guarded(kind, tuple(lines))


def with_lines(messages: Sequence[Message], lines: Sequence[Line], channel: str) -> list[Message]:
    """`messages` with the lines behind them, within the lengths of the batch contract.

    On SMS all is one text; a second message is what the channel sends on MORE. What gives way where there is too
    little room, and in which order, say `web_forms` and `sms_forms`: never help, never the deferral.
    """
    if not lines:
        return list(messages)
    if channel == "sms":
        return sms_messages(messages, lines)
    return first_fitting(web_forms(messages, lines), fits_web)
