"""Cross-validation of the intents: our classifier beside Rasa's stock one. Wires `bot.evaluate.nlu` for the command."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.evaluate.nlu import Example, Progress, System, cross_validate, read_examples
from bot.evaluate.stock_diet import EPOCHS, diet
from bot.evaluate.variants import alike
from bot.nlu.intents import Gates, IntentModel, catalogue_examples, choose
from bot.screening import intent_of, screened
from bot.settings import ROOT, Settings
from knowledge.encoder import Encoder, OnnxEncoder
from knowledge.load import load
from knowledge.model import TOPICS
from knowledge.store import CachedEncoder

OURS = "ours"  # as served
STOCK = "Rasa DIET"


def run(
    settings: Settings, progress: Progress, *, folds: int = 5, seed: int = 1, stock: bool = True, epochs: int = EPOCHS
) -> dict[str, Any]:
    """`cross_validate` of data/nlu: ours as served, ours in two lesser forms, and the stock pipeline.

    `stock` False leaves Rasa out (it trains for minutes). Needs the built encoder (EncoderError without it).
    """
    config = _component(ROOT / "config.yml")
    encoder = CachedEncoder(OnnxEncoder(settings.encoder_dir), settings.index_dir / "vectors.npz")
    catalogue = [Example(*pair) for pair in catalogue_examples(load(settings.knowledge_dir).questions)]
    c = float(config["c"])
    gates = Gates(conversation=float(config["conversation_gate"]))
    systems: dict[str, System] = {
        OURS: ours(encoder, c=c, catalogue=catalogue, gates=gates),
        "ours, without screen and gates": ours(encoder, c=c, catalogue=catalogue),
        "ours, without screen, gates and catalogue": ours(encoder, c=c),
    }
    if stock:
        systems[STOCK] = diet(cache=settings.build_dir / "baselines", progress=progress, epochs=epochs, seed=seed)
    return cross_validate(read_examples(ROOT / "data" / "nlu"), systems, folds=folds, seed=seed, progress=progress)


def ours(encoder: Encoder, *, c: float, catalogue: Sequence[Example] = (), gates: Gates | None = None) -> System:
    """Our classifier as a system. `catalogue` are further training examples; with `gates` the safety screen and the
    gates decide, as they do when it serves.
    """

    def system(train: Sequence[Example], texts: Sequence[str]) -> list[str]:
        examples = [*train, *without_variants(catalogue, texts)]
        model = IntentModel.train([e.text for e in examples], [e.intent for e in examples], encoder, c=c)
        return [_intent(model, text, encoder, gates) for text in texts]

    return system


def without_variants(catalogue: Sequence[Example], held: Sequence[str]) -> list[Example]:
    """The examples that are no variant of a held-out message."""
    if not catalogue or not held:
        return list(catalogue)
    leaks = alike(held, [e.text for e in catalogue]).any(axis=0)
    return [e for e, leak in zip(catalogue, leaks, strict=True) if not leak]


def _intent(model: IntentModel, text: str, encoder: Encoder, gates: Gates | None) -> str:
    if gates is None:
        return model.rank(text, encoder)[0][0]
    return intent_of(screened(text), text) or choose(model.rank(text, encoder), TOPICS, gates)[0][0]


def _component(path: Path) -> dict[str, Any]:
    pipeline: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["pipeline"]
    return next(c for c in pipeline if c["name"].endswith("IntentClassifier"))
