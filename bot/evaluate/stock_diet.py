"""Baseline: Rasa's stock DIETClassifier on the intents, as its default pipeline has it.

Left out of that pipeline: EntitySynonymMapper and ResponseSelector (there are no entities and no retrieval intents),
and FallbackClassifier, which `rasa test` undoes too before it counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.evaluate.nlu import Example, Progress, System
from bot.evaluate.rasa_project import RasaProject, parse_all

EPOCHS = 100  # as in Rasa's default pipeline (the component's own default is 300)


def diet(*, cache: Path, progress: Progress, epochs: int = EPOCHS, seed: int = 1) -> System:
    """The stock classifier as a system of `nlu.cross_validate`; its models are kept under `cache`.

    The system raises FaqbotError where Rasa fails.
    """

    def system(train: Sequence[Example], texts: Sequence[str]) -> list[str]:
        parsed = parse_all(project(train, epochs=epochs, seed=seed), texts, cache=cache, progress=progress)
        return [p.intents[0][0] if p.intents else "" for p in parsed]

    return system


def project(train: Sequence[Example], *, epochs: int, seed: int) -> RasaProject:
    """The Rasa project of the examples."""
    intents = list(dict.fromkeys(e.intent for e in train))
    return RasaProject.make(
        config(epochs=epochs, seed=seed), {name: [e.text for e in train if e.intent == name] for name in intents}
    )


def config(*, epochs: int, seed: int) -> dict[str, Any]:
    """The component as Rasa's default pipeline has it, with a seed so that a run can be repeated."""
    return {"name": "DIETClassifier", "epochs": epochs, "constrain_similarities": True, "random_seed": seed}
