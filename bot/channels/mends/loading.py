"""Loads a model without the half of it that says how it was trained."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rasa.engine.storage.storage import ModelMetadata


def without_training(original: Callable[[dict[str, Any]], ModelMetadata]) -> Callable[..., ModelMetadata]:
    """`ModelMetadata.from_dict` that leaves the training graph empty.

    Rasa imports every class of that graph when a model is loaded to serve, and with them TensorFlow, scikit-learn and
    matplotlib: 300 MB and 8 seconds. Nothing reads it while serving.
    """

    def from_dict(cls: type[ModelMetadata], serialized: dict[str, Any]) -> ModelMetadata:
        return original({**serialized, "train_schema": {"nodes": {}}})

    return from_dict
