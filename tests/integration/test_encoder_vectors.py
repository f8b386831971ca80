"""The exported encoder gives a text one vector, whatever it is encoded with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from bot.settings import settings
from knowledge.encoder import DIMENSIONS, MANY, OnnxEncoder


def test_a_texts_vector_does_not_depend_on_its_neighbours() -> None:
    encoder = OnnxEncoder(settings().encoder_dir)
    text = "how long before it do i stop eating"
    alone = encoder.encode([text])[0]
    assert np.array_equal(alone, encoder.encode([text, "why?", "can i drive home " * 20])[0])
    assert abs(float(np.linalg.norm(alone)) - 1) < 1e-5


def test_many_texts_get_the_vectors_that_each_has_alone_in_their_order() -> None:
    encoder = OnnxEncoder(settings().encoder_dir)
    texts = [f"what does infusion number {number} cost" for number in range(MANY)]
    many = encoder.encode(texts)
    assert many.shape == (MANY, DIMENSIONS)
    assert all(np.array_equal(many[row], encoder.encode([texts[row]])[0]) for row in (0, 7, 250, MANY - 1))


@pytest.mark.parametrize(("folder", "layers"), [(settings().encoder_dir, 6), (settings().safety_dir, 3)])
def test_attention_is_one_operator_with_int8_weights(folder: Path, layers: int) -> None:
    operators = [node.op_type for node in onnx.load(str(folder / "model.onnx")).graph.node]
    assert operators.count("QAttention") == layers
    assert "Softmax" not in operators
