"""How the consult form asks: on SMS as much as there is room for beside what the turn has said already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker

from actions.consult_context import in_danger_now, said_now, silent
from actions.context import turn_of
from actions.say import say_text
from bot.safety.help import help_text
from bot.safety.personal import ASKED_FOR, personal_data
from bot.settings import settings
from knowledge import gsm7

WHEN_READY = "When you are ready: "
GO_ON = 'We can go on with your request to the staff ("never mind" ends it). '
PRIVACY_ROOM = 45  # septets for the short form of the channel's line on privacy


@dataclass(frozen=True)
class Prompt:
    """One question of the form. `sms` and `short` are GSM-7; `short` is for where little room is left."""

    text: str
    sms: str
    short: str
    buttons: tuple[str, ...] = ()


def ask(dispatcher: Any, tracker: Tracker, prompt: Prompt) -> None:
    """Say it in the form of the channel; on SMS nothing where the answer before it has left no room."""
    turn = turn_of(tracker)
    lead = _lead(tracker)
    if turn.form != "sms":
        say_text(dispatcher, turn, "consult", lead + prompt.text, buttons=prompt.buttons)
        return
    free = room(tracker)
    forms = (lead + prompt.sms, prompt.sms, lead + prompt.short, prompt.short)
    fitting = next((text for text in forms if gsm7.length(text) <= free), None)
    if fitting:
        say_text(dispatcher, turn, "consult", fitting)


def room(tracker: Tracker) -> int:
    """How many septets an SMS has left in this turn beside the lines that the channel adds: help, privacy."""
    turn = turn_of(tracker)
    said = list(said_now(tracker))
    if turn.after_crisis or turn.in_doubt:
        said.append(help_text("line", turn.form, language=turn.language, country=settings().country))
    taken = sum(gsm7.length(text) + 1 for text in said) + (PRIVACY_ROOM + 1) * _private(tracker)
    return gsm7.MAX_CHARACTERS - taken


def _private(tracker: Tracker) -> bool:
    """Whether the channel may add the line on privacy: behind a question of the form only for what it never asks."""
    verdict = (tracker.latest_message or {}).get("safety") or {}
    return bool(
        set(personal_data(turn_of(tracker).text)) - ASKED_FOR or (said_now(tracker) and verdict.get("personal"))
    )


def numbered(options: tuple[str, ...]) -> str:
    """The choices as an SMS writes them: "1 Any time, 2 Weekday mornings"."""
    return ", ".join(f"{number} {option}" for number, option in enumerate(options, 1))


def _lead(tracker: Tracker) -> str:
    """A few words where the form goes on after help or after a long silence."""
    if in_danger_now(tracker):
        return WHEN_READY
    return GO_ON if silent(tracker) and said_now(tracker) else ""
