"""What a turn brings along: the clinic it is bound to, its channel, its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
    intent_confidence: float
    explain: bool

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
    return Turn(
        clinic=clinic,
        channel=channel,
        text=str(message.get("text") or ""),
        intent=str(intent.get("name") or ""),
        intent_confidence=float(intent.get("confidence") or 0.0),
        explain=bool(metadata.get("explain")) and channel in BINDING_CHANNELS,
    )
