"""The exported encoder gives a text one vector, whatever it is encoded with."""

from __future__ import annotations

import numpy as np

from bot.settings import settings
from knowledge.encoder import OnnxEncoder


def test_a_texts_vector_does_not_depend_on_its_neighbours() -> None:
    encoder = OnnxEncoder(settings().encoder_dir)
    text = "how long before it do i stop eating"
    alone = encoder.encode([text])[0]
    assert np.array_equal(alone, encoder.encode([text, "why?", "can i drive home " * 20])[0])
    assert abs(float(np.linalg.norm(alone)) - 1) < 1e-5
