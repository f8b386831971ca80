"""The safety screen as the first component of the NLU pipeline."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.screening import intent_of, screened

SAFETY = "safety"  # key of the verdict in the parse result


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetyScreen(GraphComponent):
    """Puts the verdict under the key `safety`, and sets the intent with certainty where the screen decides it.

    Every later classifier leaves a message alone that has an intent already.
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
            text = message.get(TEXT) or ""
            verdict = screened(text)
            message.set(SAFETY, asdict(verdict), add_to_output=True)
            intent = intent_of(verdict, text)
            if intent:
                message.set(INTENT, {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: 1.0}, add_to_output=True)
        return messages
