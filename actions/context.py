"""What a turn brings along: the clinic it is bound to, its channel, its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from actions.gate import off_topic
from bot.safety.examples import NONE
from bot.settings import settings

# The channels that bind a clinic themselves. Metadata of any other channel may come from a client.
BINDING_CHANNELS = frozenset({"web", "sms", "shell"})
STOCK_SHELL = "cmdline"


@dataclass(frozen=True)
class Turn:
    """One patient's message as the actions see it. `clinic` is empty where the channel bound none."""

    clinic: str
    channel: str
    text: str
    intent: str
    explain: bool
    off_topic: float = 0.0  # how likely the message has nothing to do with clinic or treatment
    advice: bool = False  # asks for a judgement on the own case
    language: str = "en"  # "es" where the message is surely Spanish
    after_crisis: bool = False  # the conversation has had help in a crisis
    in_doubt: bool = False  # the message leaves a doubt about danger: the line of help comes behind the reply
    vector: Mapping[str, str] = field(default_factory=dict)  # of the text, where Rasa's process has handed it on

    @property
    def form(self) -> str:
        """In which form replies are written: "web", "sms" or "shell"."""
        return self.channel if self.channel in BINDING_CHANNELS else "shell"


def turn_of(tracker: Any) -> Turn:
    """Read the turn from a rasa_sdk Tracker. The clinic comes from the channel and from nowhere else."""
    message = tracker.latest_message or {}
    metadata = message.get("metadata") or {}
    channel = str(tracker.get_latest_input_channel() or "")
    clinic = ""
    if channel in BINDING_CHANNELS:
        clinic = str(metadata.get("clinic") or "")
    elif channel == STOCK_SHELL:
        clinic = settings().shell_clinic
    intent = message.get("intent") or {}
    safety = message.get("safety") or {}
    return Turn(
        clinic=clinic,
        channel=channel,
        text=str(message.get("text") or ""),
        intent=str(intent.get("name") or ""),
        off_topic=off_topic(message),
        explain=bool(metadata.get("explain")) and channel in BINDING_CHANNELS,
        advice=bool(safety.get("advice")) or intent.get("name") == "medical_advice",
        language=str(safety.get("language") or "en"),
        after_crisis=bool(tracker.get_slot("help_given")),
        in_doubt=safety.get("danger", NONE) != NONE and not safety.get("sure", True),
        vector=message.get("vector") or {},
    )
