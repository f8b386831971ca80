"""What an action reads of a turn: how likely a message is off the topic, by one reader or by two."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.context import log_odds, turn_of


def off_topic(ranking: list[tuple[str, float]], text: str = "book a table for two", **safety: Any) -> float:
    """The chance that a message with these readings is off the topic."""
    message = {"text": text, "intent_ranking": [{"name": n, "confidence": c} for n, c in ranking], "safety": safety}
    return turn_of(Tracker("p", {}, message, [], False, None, {}, "")).off_topic


def test_without_the_screens_model_the_intent_alone_tells() -> None:
    assert off_topic([("cost", 0.7), ("out_of_scope", 0.2)]) == 0.2
    assert off_topic([("cost", 0.7), ("out_of_scope", 0.2)], off_topic=None) == 0.2
    assert off_topic([("cost", 1.0)]) == 0.0


def test_of_a_message_that_names_no_topic_the_intent_alone_tells() -> None:
    doubtful = [("cost", 0.5), ("out_of_scope", 0.4)]
    assert off_topic(doubtful, "how long is it", off_topic=3.0) == 0.4


def test_each_reader_moves_the_chance_its_own_way() -> None:
    doubtful = [("cost", 0.5), ("out_of_scope", 0.4)]
    assert off_topic(doubtful, off_topic=-8.0) < 0.01
    assert off_topic(doubtful, off_topic=3.0) > 0.95
    assert off_topic([("out_of_scope", 0.9)], off_topic=-2.0) > off_topic([("out_of_scope", 0.1)], off_topic=-2.0)


@pytest.mark.parametrize(("chance", "odds"), [(0.5, 0.0), (0.0, log_odds(0.001)), (1.0, log_odds(0.999))])
def test_log_odds_stay_off_the_ends(chance: float, odds: float) -> None:
    assert log_odds(chance) == pytest.approx(odds)
