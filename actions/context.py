"""What a turn brings along: the clinic it is bound to, its channel, its text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.safety.examples import NONE
from bot.settings import settings
from knowledge.text import terms

# The channels that bind a clinic themselves. Metadata of any other channel may come from a client.
BINDING_CHANNELS = frozenset({"web", "sms", "shell"})
STOCK_SHELL = "cmdline"
OUT_OF_SCOPE = "out_of_scope"
# How two readers together see that a message is off the topic, the intent classifier and the safety screen's model:
# logistic regression on their log-odds, fitted on the development and calibration questions against the project's own
# everyday requests (area under the ROC curve 0.975 and 0.992, together 0.994; docs/decisions.md).
OFF_TOPIC_BY_INTENT, OFF_TOPIC_BY_SCREEN, OFF_TOPIC_BIAS = 0.5, 1.3, 2.6
WORDS_OF_A_TOPIC = 2  # content words of a message that names its topic


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
        off_topic=_off_topic(message),
        explain=bool(metadata.get("explain")) and channel in BINDING_CHANNELS,
        advice=bool(safety.get("advice")) or intent.get("name") == "medical_advice",
        language=str(safety.get("language") or "en"),
        after_crisis=bool(tracker.get_slot("help_given")),
        in_doubt=safety.get("danger", NONE) != NONE and not safety.get("sure", True),
        vector=message.get("vector") or {},
    )


def log_odds(probability: float) -> float:
    """The log-odds of a probability, kept off the ends: nothing is known for sure."""
    kept = min(max(probability, 0.001), 0.999)
    return math.log(kept / (1 - kept))


def _off_topic(message: Mapping[str, Any]) -> float:
    ranking = message.get("intent_ranking") or [message.get("intent") or {}]
    intent = max((float(i.get("confidence") or 0.0) for i in ranking if i.get("name") == OUT_OF_SCOPE), default=0.0)
    screen = (message.get("safety") or {}).get("off_topic")
    if screen is None:  # no model: the rules say nothing about topics
        return intent
    if len(terms(str(message.get("text") or ""))) < WORDS_OF_A_TOPIC:
        return intent  # "how long is it" names no topic that the screen could tell
    odds = OFF_TOPIC_BY_INTENT * log_odds(intent) + OFF_TOPIC_BY_SCREEN * float(screen) + OFF_TOPIC_BIAS
    return 1 / (1 + math.exp(-odds))
