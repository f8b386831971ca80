"""How likely each question is, from the fused scores."""

from __future__ import annotations

import numpy as np

from knowledge.ranking import probabilities


def test_probabilities_sum_to_one_and_follow_the_scores() -> None:
    chances = probabilities(np.array([3.0, 1.0, -np.inf, 2.0], dtype=np.float32))
    assert abs(float(chances.sum()) - 1) < 1e-6
    assert chances.argsort().tolist() == [2, 1, 3, 0]
    assert chances[2] == 0
    assert abs(float(chances[0] / chances[3]) - np.e) < 1e-4


def test_equal_scores_share_alike() -> None:
    assert np.allclose(probabilities(np.zeros(4, dtype=np.float32)), 0.25)
