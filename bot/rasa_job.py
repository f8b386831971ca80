"""Train and ask a Rasa NLU model in a process of its own: `python -m bot.rasa_job FOLDER TEXTS OUT`.

FOLDER holds config.yml, nlu.yml and domain.yml; TEXTS a JSON list of messages. The model is trained where FOLDER has
none yet and kept there; OUT gets a JSON list with, for each message, the intents and the responses that the model
ranks: {"intents": [[name, confidence], ...], "responses": [[key, confidence], ...]}.

The baselines of `bot.evaluate` run it: Rasa takes half a minute to import, and is kept out of their process.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

MODEL = "model.tar.gz"


def main(folder: Path, texts: Path, out: Path) -> None:
    """Train if need be, then parse every text."""
    os.nice(10)
    model = folder / MODEL
    if not model.is_file():
        train(folder)
    parsed = asyncio.run(parse(model, json.loads(texts.read_text(encoding="utf-8"))))
    out.write_text(json.dumps([rankings(p) for p in parsed]), encoding="utf-8")


def train(folder: Path) -> None:
    """Train the model of `folder` into it."""
    from rasa.model_training import train_nlu

    train_nlu(
        str(folder / "config.yml"),
        str(folder / "nlu.yml"),
        str(folder),
        fixed_model_name=MODEL,
        domain=str(folder / "domain.yml"),
    )


async def parse(model: Path, texts: list[str]) -> list[dict[str, Any]]:
    """What the model makes of each text."""
    from rasa.core.agent import Agent

    agent = Agent.load(str(model))
    return [await agent.parse_message(text) for text in texts]


def rankings(parsed: dict[str, Any]) -> dict[str, list[list[Any]]]:
    """The two rankings of a parse result; empty where the pipeline has no such component.

    >>> rankings({"intent_ranking": [{"name": "greet", "confidence": 0.9}]})
    {'intents': [['greet', 0.9]], 'responses': []}
    """
    selector: dict[str, Any] = parsed.get("response_selector", {})
    responses = [r for key, value in selector.items() if isinstance(value, dict) for r in value.get("ranking", [])]
    return {
        "intents": [[r["name"], r["confidence"]] for r in parsed.get("intent_ranking", [])],
        "responses": [[r["intent_response_key"], r["confidence"]] for r in responses],
    }


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
