"""Which index holds the vectors, how near its cosines are to the exact ones, and the recall of a large one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
import pytest

from knowledge import vectors
from knowledge.encoder import Vectors
from knowledge.vectors import (
    by_cells,
    cosines,
    flat,
    make,
    nearest,
    one_cell,
    perturbed,
    recall_at,
    reconstructed,
    tune,
    whole,
)


def unit(count: int, *, dimensions: int = 32, seed: int = 1) -> Vectors:
    """Random unit vectors."""
    made = np.random.default_rng(seed).standard_normal((count, dimensions)).astype(np.float32)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


@pytest.mark.parametrize(("most", "kind"), [(2_000, faiss.IndexScalarQuantizer), (1_999, faiss.IndexRefine)])
def test_small_collections_are_compared_whole_and_large_ones_by_cells(
    most: int, kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "EXACT_MOST", most)
    index = make(unit(2_000))
    assert isinstance(index, kind) and index.ntotal == 2_000


def test_half_precision_takes_half_and_is_hardly_off() -> None:
    stored, query = unit(500, dimensions=384), unit(1, dimensions=384, seed=2)[0]
    index = flat(stored)
    assert index.sa_code_size() == 384 * 2
    np.testing.assert_allclose(cosines(index, query), stored @ query, atol=5e-5)


@pytest.mark.parametrize("kept", [flat, whole, one_cell])
def test_cosines_come_in_the_order_of_the_vectors(kept: Callable[[Vectors], faiss.Index], tmp_path: Path) -> None:
    stored = unit(300)
    faiss.write_index(kept(stored), str(tmp_path / "index"))
    for index in (kept(stored), faiss.read_index(str(tmp_path / "index"))):
        for number in (0, 150, 299):
            found = cosines(index, stored[number])
            assert found.argmax() == number and found.shape == (300,)
            np.testing.assert_allclose(found, stored @ stored[number], atol=5e-4)


def test_one_cell_is_hardly_off_whatever_the_cosine_and_may_be_empty(tmp_path: Path) -> None:
    stored = unit(100, dimensions=384)
    index = one_cell(np.concatenate([stored, -stored]))
    for number in (0, 99):
        found = cosines(index, stored[number])
        np.testing.assert_allclose(found[:100], stored @ stored[number], atol=5e-4)
        np.testing.assert_allclose(found[100:], -found[:100], atol=1e-6)
    empty = one_cell(stored[:0])
    faiss.write_index(empty, str(tmp_path / "index"))
    for held in (empty, faiss.read_index(str(tmp_path / "index"))):
        assert held.ntotal == 0 and cosines(held, stored[0]).shape == (0,)


@pytest.mark.parametrize("kept", [flat, whole])
def test_stored_vectors_come_by_their_numbers(kept: Callable[[Vectors], faiss.Index]) -> None:
    stored, numbers = unit(50), np.array([7, 0, 49, 7])
    index = kept(stored)
    np.testing.assert_allclose(reconstructed(index, numbers), stored[numbers], atol=5e-4)
    np.testing.assert_array_equal(reconstructed(index, numbers), index.reconstruct_batch(numbers))
    assert reconstructed(index, numbers[:0]).shape == (0, 32)


def test_whole_vectors_have_exact_cosines() -> None:
    stored, query = unit(500, dimensions=384), unit(1, dimensions=384, seed=2)[0]
    np.testing.assert_allclose(cosines(whole(stored), query), stored @ query, atol=1e-6)


def test_the_nearest_are_found_by_comparing_all() -> None:
    stored, queries = unit(400), unit(5, seed=2)
    want = np.argsort(-(queries @ stored.T), axis=1)[:, :7]
    np.testing.assert_array_equal(nearest(stored, queries, top=7), want)


def test_perturbed_vectors_are_unit_and_so_near_as_the_noise_says() -> None:
    stored = unit(200, dimensions=384)
    made = perturbed(stored, 0.5, np.random.default_rng(3))
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)
    assert (made * stored).sum(axis=1).mean() == pytest.approx(1 / np.sqrt(1.25), abs=0.01)
    np.testing.assert_allclose(perturbed(stored, 0.0, np.random.default_rng(3)), stored, atol=1e-6)


def test_recall_is_the_share_of_the_true_nearest() -> None:
    stored = unit(100)
    index = flat(stored)
    truth = nearest(stored, stored[:4], top=2)
    assert recall_at(index, stored[:4], truth) == 1.0
    truth[:2, 1] = 99_999  # of eight, two that no index can find
    assert recall_at(index, stored[:4], truth) == 0.75


def test_a_large_index_has_the_recall_that_it_is_asked_for_and_visits_no_more_cells_than_that_needs() -> None:
    stored = unit(4_000)
    queries = perturbed(stored[::40], vectors.NOISE, np.random.default_rng(9))
    truth = nearest(stored, queries)
    index = by_cells(stored, recall=0.5)
    cells = faiss.extract_index_ivf(index)
    few = cells.nprobe
    reached = tune(index, queries, truth, recall=0.9)
    assert reached >= 0.9 and few < cells.nprobe < cells.nlist
    assert reached == recall_at(index, queries, truth)
    steps = sorted({n for power in range(16) for n in (2**power, 3 * 2**power // 2) if n})
    cells.nprobe = steps[steps.index(cells.nprobe) - 1]
    assert recall_at(index, queries, truth) < 0.9


def test_where_no_recall_is_enough_every_cell_is_visited() -> None:
    stored = unit(2_000)
    index = by_cells(stored, recall=0.5)
    truth = np.full((3, 10), 99_999, dtype=np.int64)
    assert tune(index, stored[:3], truth, recall=0.9) == 0.0
    cells = faiss.extract_index_ivf(index)
    assert cells.nprobe == cells.nlist


def test_the_same_vectors_and_seed_give_the_same_large_index() -> None:
    first, again = (faiss.serialize_index(by_cells(unit(2_000), seed=5)) for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_the_seed_decides_where_the_cells_lie() -> None:
    one, other = (by_cells(unit(2_000), seed=seed) for seed in (5, 6))  # kept: they own what is read
    first, second = (faiss.extract_index_ivf(index).quantizer.reconstruct_n(0, 8) for index in (one, other))
    assert not np.array_equal(first, second)


def test_a_large_index_tells_the_nearest_and_counts_the_others_as_the_last_of_those(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(vectors, "EXACT_MOST", 1_000)
    monkeypatch.setattr(vectors, "NEAREST", 50)
    stored = unit(2_000)
    index = make(stored, recall=0.99)
    query = perturbed(stored[:1], 0.3, np.random.default_rng(1))[0]
    found, exact = cosines(index, query), stored @ query
    assert found.argmax() == exact.argmax() == 0
    told = np.flatnonzero(found > found.min())
    assert len(told) == 49  # the fiftieth is as near as what is not told
    np.testing.assert_allclose(found[told], exact[told], atol=1e-3)
    assert found.min() <= found[told].min()
