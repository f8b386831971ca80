"""The trained Rasa model: the screen comes first, the intents are what the conversation needs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.build import newest_model
from bot.settings import settings

pytestmark = [pytest.mark.integration, pytest.mark.filterwarnings("ignore")]  # Rasa warns of its own doings


@pytest.fixture(scope="module")
def agent() -> Any:
    """The trained model, loaded as a server loads it."""
    from rasa.core.agent import Agent

    return Agent.load(str(newest_model(settings())))


def parse(agent: Any, text: str) -> dict[str, Any]:
    """What the pipeline makes of a text."""
    result: dict[str, Any] = asyncio.run(agent.parse_message(text))
    return result


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("how much does one infusion cost", "cost"),
        ("what should i wear", "preparation"),
        ("will i throw up", "side_effects"),
        ("is it safe", "safety"),
        ("isn't that a party drug", "recreational_use"),
        ("can someone call me", "request_consult"),
        ("contact me", "request_consult"),
        ("Ask staff to contact me", "request_consult"),
        ("never mind", "cancel"),
        ("are you a robot", "bot_challenge"),
        ("what is the weather tomorrow", "out_of_scope"),
        ("hello", "greet"),
    ],
)
def test_plain_messages_have_their_intent(agent: Any, text: str, intent: str) -> None:
    assert parse(agent, text)["intent"]["name"] == intent


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("i want to kill myself, and how much is it", "crisis"),
        ("my husband says he wants to die", "crisis"),
        ("i cant breathe", "emergency"),
    ],
)
def test_the_screen_overrules_every_other_intent(agent: Any, text: str, intent: str) -> None:
    parsed = parse(agent, text)
    assert parsed["intent"] == {"name": intent, "confidence": 1.0}
    assert parsed["safety"]["danger"].startswith(intent)


def test_an_idiom_is_an_ordinary_question(agent: Any) -> None:
    assert parse(agent, "my back is killing me, what does it cost?")["intent"]["name"] == "cost"
