"""The safety screen as the first component of the NLU pipeline."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.safety.screen import screen

SAFETY = "safety"  # key of the verdict in the parse result


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetyScreen(GraphComponent):
    """Sets the intent `crisis` or `emergency` with certainty where the screen finds one.

    Every later classifier leaves a message alone that carries a verdict under the key `safety`.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SafetyScreen:
        """Make the component (Rasa calls this)."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Screen each message."""
        for message in messages:
            verdict = screen(message.get(TEXT) or "")
            if verdict.danger != "none":
                intent = {INTENT_NAME_KEY: verdict.danger, PREDICTED_CONFIDENCE_KEY: 1.0}
                message.set(INTENT, intent, add_to_output=True)
                message.set(SAFETY, {"danger": verdict.danger, "reason": verdict.reason}, add_to_output=True)
        return messages
