"""The two systems of the bench, on the same content: this assistant, and Rasa's stock pipeline."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.bench import content, stock_project
from bot.bench.systems import System
from bot.build import QUIET
from bot.evaluate.nlu import Example, read_examples
from bot.ports import free_port
from bot.settings import ROOT, Settings
from knowledge.load import load

OURS = "this assistant"
STOCK = "Rasa's stock pipeline"
ASKED = "how much does one infusion cost"


@dataclass(frozen=True)
class Sample:
    """How much of the catalogue both systems get, and how long the stock models are trained.

    `small_talk` caps the examples of each intent that is no topic, `stories` are the stock policies' (None: all).
    """

    questions: int | None
    phrasings: int
    epochs: int
    seed: int
    small_talk: int | None = None
    stories: int = stock_project.STORIES


def prepare(settings: Settings, folder: Path, sample: Sample) -> tuple[System, System, dict[str, int]]:
    """Write the content for both systems into `folder`; returns this assistant, the stock system, and what they hold.

    This assistant takes over the encoder and the model of its safety screen, which are not made from the content.
    """
    knowledge = content.sampled(
        load(settings.knowledge_dir), phrasings=sample.phrasings, questions=sample.questions, seed=sample.seed
    )
    content.write(knowledge, folder / "ours" / "knowledge")
    for made in ("encoder", "safety"):
        shutil.copytree(settings.build_dir / made, folder / "ours" / "build" / made)
    clinic = max(knowledge.clinics, key=lambda c: len(c.answers))
    small_talk = _first_of_each(read_examples(ROOT / "data" / "nlu"), sample.small_talk)
    stock_project.write(
        folder / "stock", knowledge, clinic, small_talk, epochs=sample.epochs, seed=sample.seed, told=sample.stories
    )
    held = {
        "questions": len(knowledge.all_questions()),
        "phrasings": sum(len(q.phrasings) + 1 for q in knowledge.all_questions()),
        "clinics": len(knowledge.clinics),
        "entries": sum(len(c.answers) for c in knowledge.clinics),
    }
    return ours(folder / "ours"), stock(folder / "stock"), held


def ours(folder: Path) -> System:
    """This assistant, as `faqbot build` and `faqbot serve` make it, with its settings in the environment."""
    env = {
        **_inherited(),
        "FAQBOT_KNOWLEDGE_DIR": str(folder / "knowledge"),
        "FAQBOT_BUILD_DIR": str(folder / "build"),
        "FAQBOT_MODELS_DIR": str(folder / "models"),
        "FAQBOT_RUN_DIR": str(folder / "run"),
        "FAQBOT_ACTION_PORT": str(free_port()),
        "FAQBOT_WEB_DEADLINE": "60",  # a slow reply is measured, not replaced
        **{f"FAQBOT_WEB_{limit}_LIMIT": "10000000" for limit in ("SESSION", "ADDRESS", "TOTAL")},
    }
    command = [sys.executable, "-m", "bot.cli"]
    return System(
        OURS,
        "web",
        train=[*command, "build"],
        serve=lambda port: [*command, "serve", "--port", str(port)],
        answers=_ours_answers,
        folder=ROOT,
        env=env,
        log=folder / "log",
    )


def stock(folder: Path, name: str = STOCK) -> System:
    """A stock Rasa project, as `rasa train` and `rasa run` make it."""
    rasa = [sys.executable, "-m", "rasa"]
    files = "--model models/stock.tar.gz --endpoints endpoints.yml --credentials credentials.yml".split()
    return System(
        name,
        "rest",
        train=[*rasa, *"train --domain domain.yml --data data --fixed-model-name stock".split()],
        serve=lambda port: [*rasa, "run", "-i", "127.0.0.1", "-p", str(port), *files],
        answers=_stock_answers,
        folder=folder,
        env={**_inherited(), **QUIET},
        log=folder / "log",
    )


def _first_of_each(examples: Sequence[Example], number: int | None) -> list[Example]:
    """At most so many examples of each intent, in their order."""
    seen: Counter[str] = Counter()
    kept = []
    for example in examples:
        seen[example.intent] += 1
        if number is None or seen[example.intent] <= number:
            kept.append(example)
    return kept


def _inherited() -> dict[str, str]:
    """This environment without settings of the assistant that a user may have made."""
    return {k: v for k, v in os.environ.items() if not k.startswith("FAQBOT_")}


def _ours_answers(client: httpx.Client) -> bool:
    clinics = client.get("/clinics.json").json()
    session = client.post("/webhooks/web/sessions", json={"site_key": f"demo-{clinics[0]['id']}"})
    token = session.json()["token"]
    reply = client.post("/webhooks/web/messages", json={"text": ASKED}, headers={"Authorization": f"Bearer {token}"})
    return reply.status_code == 200 and reply.json()["kind"] != "error"


def _stock_answers(client: httpx.Client) -> bool:
    reply = client.post("/webhooks/rest/webhook", json={"sender": "ready", "message": ASKED})
    return reply.status_code == 200 and bool(reply.json())
