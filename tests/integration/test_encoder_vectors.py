"""The exported encoder gives a text one vector, whatever it is encoded with."""

from __future__ import annotations

import numpy as np

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
