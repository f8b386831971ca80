"""The intent classifier as a Rasa component."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.intents import IntentModel
from bot.nlu.safety_screen import SAFETY
from knowledge.encoder import OnnxEncoder

FILE = "intents.npz"
RANKED = 10  # intents in the ranking of the parse result


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent):
    """Logistic regression over the served encoder; leaves the safety screen's verdict alone."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: IntentModel | None = None
    ) -> None:
        self._encoder = OnnxEncoder(Path(config["encoder"]))
        self._c = float(config["c"])
        self._storage = storage
        self._resource = resource
        self._model = model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`encoder`: folder of the exported encoder; `c`: inverse regularisation."""
        return {"encoder": "build/encoder", "c": 10.0}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentClassifier:
        """Make an untrained component (Rasa calls this)."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentClassifier:
        """Make a trained component from the model file."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, IntentModel.load(folder / FILE))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on the intent examples."""
        examples = [m for m in training_data.intent_examples if m.get(TEXT)]
        self._model = IntentModel.train(
            [m.get(TEXT) for m in examples], [m.get(INTENT) for m in examples], self._encoder, c=self._c
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder / FILE)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking of each message that the screen let pass."""
        for message in messages:
            if message.get(SAFETY) or self._model is None or not message.get(TEXT):
                continue
            ranking = [
                {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: score}
                for name, score in self._model.rank(message.get(TEXT), self._encoder)[:RANKED]
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages
