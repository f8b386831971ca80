"""Rough cosines from 8-bit copies: near the exact ones, and the same from a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.coarse import CoarseScores, build
from knowledge.encoder import DIMENSIONS, Vectors

pytestmark = pytest.mark.filterwarnings("ignore")  # onnx warns of its own doings


def unit(count: int, seed: int) -> Vectors:
    """Random unit vectors."""
    made = np.random.default_rng(seed).standard_normal((count, DIMENSIONS)).astype(np.float32)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


def near(vectors: Vectors, seed: int) -> Vectors:
    """Vectors between the given ones and random ones: cosines of all sizes."""
    made = vectors + unit(len(vectors), seed)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


def test_rough_cosines_are_near_the_exact_ones() -> None:
    stored = unit(300, 1)
    scores = CoarseScores(build(stored))
    for query in near(stored[:20], 2):
        exact = stored @ query
        assert exact.max() > 0.5
        off = np.abs(scores(query) - exact)
        assert off.max() < 0.01 and off.mean() < 0.003


def test_a_stored_vector_is_as_near_to_itself_as_one() -> None:
    stored = unit(50, 1)
    scores = CoarseScores(build(stored))
    for number, vector in enumerate(stored):
        found = scores(vector)
        assert found.shape == (50,) and found.dtype == np.float32
        assert found.argmax() == number
        assert found[number] == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("sign", [1, -1])
def test_sums_at_their_largest_do_not_overflow(sign: int) -> None:
    """All numbers of both vectors at the end of their range: where 8 bits would overflow, and -1 needs the zero."""
    flat = np.full((1, DIMENSIONS), DIMENSIONS**-0.5, dtype=np.float32)
    assert CoarseScores(build(flat))(sign * flat[0])[0] == pytest.approx(sign, abs=1e-4)


def test_one_large_number_in_a_vector_does_not_spoil_the_others() -> None:
    """Each stored vector has a scale of its own."""
    stored = unit(20, 1)
    stored[0] = 0
    stored[0, 0] = 1
    query = near(stored, 3)[5]
    assert np.abs(CoarseScores(build(stored))(query) - stored @ query)[1:].mean() < 0.002


def test_a_saved_model_gives_the_same_and_can_be_saved_again(tmp_path: Path) -> None:
    stored = unit(40, 1)
    scores = CoarseScores(build(stored))
    scores.save(tmp_path / "a.onnx")
    loaded = CoarseScores(str(tmp_path / "a.onnx"))
    query = unit(1, 2)[0]
    np.testing.assert_array_equal(loaded(query), scores(query))
    loaded.save(tmp_path / "b.onnx")
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()


def test_the_same_vectors_give_the_same_bytes() -> None:
    assert build(unit(9, 1)) == build(unit(9, 1)) != build(unit(9, 2))
