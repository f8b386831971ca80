"""How likely a message is off the topic, by one reader or by two, and what that means for a question found."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.context import turn_of
from actions.gate import doubtful, log_odds, plausible
from knowledge.model import Place, Question
from knowledge.thresholds import Features
from knowledge.understood import Understood


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


def understood(confidence: float, *, nearest: float = 0.7, cover: float = 0.9, exact: bool = False) -> Understood:
    """A question found with this confidence, the nearest phrasing this near, so much of the words known."""
    question = Question("price", "cost", "What does it cost?", "what it costs", ("how much is it",), Place("q.md", 1))
    features = None if exact else Features(nearest, 0.5, 0.5, cover, 1.0, 2.0, 2.0, 0.9)
    return Understood("text", question, confidence, True, None, (), nearest, features)


def test_a_question_counts_unless_message_and_words_speak_of_something_else() -> None:
    assert not doubtful(0.05, understood(0.5))
    assert doubtful(0.95, understood(0.3))
    assert not doubtful(0.95, understood(1.0, exact=True)), "a phrasing word for word is what was asked"


def test_a_small_doubt_may_be_asked_back_and_a_large_one_not() -> None:
    assert doubtful(0.3, understood(0.5, nearest=0.5, cover=0.8)) and plausible(
        0.3, understood(0.5, nearest=0.5, cover=0.8)
    )
    assert doubtful(0.98, understood(0.2)) and not plausible(0.98, understood(0.2, nearest=0.4))
    assert plausible(0.3, understood(0.5, nearest=0.8, cover=1.0)) and plausible(0.95, understood(1.0, exact=True))


def test_each_doubt_weighs() -> None:
    assert not doubtful(0.3, understood(0.5, nearest=0.8, cover=1.0))
    assert doubtful(0.3, understood(0.5, nearest=0.3, cover=1.0))
    assert doubtful(0.3, understood(0.5, nearest=0.7, cover=0.1))
    assert doubtful(0.3, understood(0.1, nearest=0.7, cover=0.6))
