"""What a channel tells the watch of a turn. Without Rasa, as the channels' own layers are."""

from __future__ import annotations

from typing import Any

from bot.safety.examples import NONE
from bot.screening import screened
from bot.watch.record import failed, turned, watch


def seen(reply: Any, text: str, channel: str, clinic: str, *, seconds: float | None) -> None:
    """Count a turn with its reply (`TurnReply`, `Said`); `seconds` is None where the turn was given up."""
    if not watch.on:
        return
    verdict = screened(text)
    danger = "" if verdict.danger == NONE else verdict.danger
    turned(channel=channel, clinic=clinic, reply=reply, seconds=seconds, danger=danger, helped=verdict.help_first)


def given_up(why: str, reply: Any, text: str, channel: str, clinic: str) -> None:
    """Count a turn that was given up (`bot.watch.labels.FAILURES`), with the reply that the patient gets for it."""
    failed(why)
    seen(reply, text, channel, clinic, seconds=None)
