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

from bot.nlu.intents import SCREENED, Gates, IntentModel, catalogue_examples, choose
from bot.reading import shared_encoder
from knowledge.model import TOPICS

FILE = "intents.npz"
RANKED = 10  # intents in the ranking of the parse result


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent):
    """Logistic regression over the served encoder, with the gates of `bot.nlu.intents`.

    It leaves the safety screen's verdict alone, and knows no danger: that is the screen's to find.
    """

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: IntentModel | None = None,
    ) -> None:
        self._encoder = shared_encoder(Path(config["encoder"]).resolve())
        self._c = float(config["c"])
        self._catalogue = config["catalogue"]
        self._vectors = Path(config["vectors"])
        self._gates = Gates(conversation=float(config["conversation_gate"]))
        self._storage = storage
        self._resource = resource
        self._model = model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`encoder`: folder of the exported encoder; `c`: inverse regularisation.

        `catalogue`: knowledge folder whose phrasings are examples of their topics too (empty: none), with
        `vectors`, the file in which `faqbot build` keeps them encoded. The gates: see `bot.nlu.intents.Gates`.
        """
        return {
            "encoder": "build/encoder",
            "c": 3.0,
            "catalogue": "knowledge",
            "vectors": "build/knowledge/vectors.npz",
            "conversation_gate": 0.5,
        }

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
        from knowledge.load import load as load_knowledge
        from knowledge.store import CachedEncoder  # the index and its libraries: a serving process needs none of them

        examples = [
            (str(m.get(TEXT)), str(m.get(INTENT)))
            for m in training_data.intent_examples
            if m.get(TEXT) and m.get(INTENT) not in SCREENED
        ]
        if self._catalogue:
            examples += catalogue_examples(load_knowledge(Path(self._catalogue)).questions)
        encoder = CachedEncoder(self._encoder, self._vectors)
        self._model = IntentModel.train([t for t, _ in examples], [i for _, i in examples], encoder, c=self._c)
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder / FILE)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking of each message that the screen let pass."""
        for message in messages:
            if decided(message) or self._model is None or not message.get(TEXT):
                continue
            ranking = [
                {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: score}
                for name, score in choose(self._model.rank(message.get(TEXT), self._encoder), TOPICS, self._gates)[
                    :RANKED
                ]
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages


def decided(message: Message) -> bool:
    """Whether the safety screen has set the intent."""
    return bool((message.get(INTENT) or {}).get(INTENT_NAME_KEY))
