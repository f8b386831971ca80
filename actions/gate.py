"""Whether a message is about something else altogether: what its readers say of it together.

The intent classifier and the safety screen's model read the whole message, the search finds the question nearest to
it. Logistic regression on what they say, fitted on gold questions that the screen had not learned from against
everyday requests (docs/decisions.md tells on which and how well it does, and where COUNTS_FROM comes from).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from knowledge.model import OUT_OF_SCOPE
from knowledge.search import EXACT
from knowledge.text import terms
from knowledge.understood import Understood

BY_INTENT, BY_SCREEN, BIAS = 0.57, 1.12, 2.4
WORDS_OF_A_TOPIC = 2  # content words of a message that names its topic
# An understood question counts from this weighed sum: its confidence and the chance of an off-topic message (log-odds),
# how much of the words its phrasings know, and the cosine of the nearest one.
BY_CONFIDENCE, BY_OFF_TOPIC, BY_COVER, BY_NEAREST, COUNTS_FROM = 1.0, -1.2, 3.8, 8.5, 8.5
ASKED_FROM = 6.0  # from here on, and below COUNTS_FROM, it is asked back ("did you mean this?") and not answered


def log_odds(probability: float) -> float:
    """The log-odds of a probability, kept off the ends: nothing is known for sure."""
    kept = min(max(probability, 0.001), 0.999)
    return math.log(kept / (1 - kept))


def off_topic(message: Mapping[str, Any]) -> float:
    """How likely a message (Rasa's parse result) has nothing to do with clinic or treatment, 0 to 1."""
    ranking = message.get("intent_ranking") or [message.get("intent") or {}]
    intent = max((float(i.get("confidence") or 0.0) for i in ranking if i.get("name") == OUT_OF_SCOPE), default=0.0)
    screen = (message.get("safety") or {}).get("off_topic")
    if screen is None:  # no model: the rules say nothing about topics
        return intent
    if len(terms(str(message.get("text") or ""))) < WORDS_OF_A_TOPIC:
        return intent  # "how long is it" names no topic that the screen could tell
    odds = BY_INTENT * log_odds(intent) + BY_SCREEN * float(screen) + BIAS
    return 1 / (1 + math.exp(-odds))


def doubtful(chance: float, best: Understood) -> bool:
    """Whether too much doubt is left that the FAQ was asked: `chance` of off-topic against the surest question."""
    return _weighed(chance, best) < COUNTS_FROM


def plausible(chance: float, best: Understood) -> bool:
    """Whether a doubt is small enough to ask back."""
    return _weighed(chance, best) >= ASKED_FROM


def _weighed(chance: float, best: Understood) -> float:
    if best.confidence == EXACT or best.features is None:
        return math.inf
    return (
        BY_CONFIDENCE * log_odds(best.confidence)
        + BY_OFF_TOPIC * log_odds(chance)
        + BY_COVER * best.features.cover
        + BY_NEAREST * best.features.nearest
    )
