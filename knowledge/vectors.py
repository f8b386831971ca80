"""Unit vectors behind one factory: which FAISS index holds them, and every cosine out of it.

Small collections are searched exactly. Large ones are parted into cells (inverted file) of which as many are looked
at as a measured recall needs. What takes the time there is to read vectors from memory: in the cells stand codes of
half a byte for two dimensions (product quantisation, Jégou et al. 2011, doi:10.1109/TPAMI.2010.57; summed up in
registers, André et al. 2017, doi:10.1145/3078971.3078992), an eighth of what the vectors take. The nearest by the codes
are then compared by the vectors.
"""

from __future__ import annotations

from functools import lru_cache

import faiss
import numpy as np
import numpy.typing as npt

from knowledge.encoder import Vectors

WHOLE_MOST = 5_000  # vectors; so few are kept whole where the reader's time counts more than some megabytes
EXACT_MOST = 100_000  # vectors; up to here every one is compared
RECALL = 0.985  # of the ten nearest, that a large index must find on the queries that it is tuned with
TOP = 10
TUNING_QUERIES = 1_000
# A tuning query lies between two stored vectors, with so much of another direction in it: patients' own words lie
# between phrasings, and their nearest stand in many cells. Tuned with one stored vector and the same noise, an index of
# a million found 89 % for real questions, and 87 % with less noise (0.3).
NOISE = 0.8
MOST_CELLS = 8_192
TRAINED_WITH = 40  # vectors a cell
NEAREST = 2_000  # vectors whose cosine a large index tells
CODED = 2  # dimensions a code; with 4, an index of 300,000 found 97.9 % where it finds 99.8 %
COMPARED = 10  # times as many as asked for are compared by their vectors; with 4 it found 98.6 %
COMPARED_OF_MANY = 2  # where NEAREST are asked for
BELOW_ALL = -2.0  # every cosine is above

Scores = npt.NDArray[np.float32]


def make(vectors: Vectors, *, recall: float = RECALL, seed: int = 1) -> faiss.Index:
    """An inner-product index (the cosine, for unit vectors): exhaustive up to EXACT_MOST vectors, else by cells.

    The same vectors and seed give the same index.
    """
    if len(vectors) <= EXACT_MOST:
        return flat(vectors)
    return by_cells(vectors, recall=recall, seed=seed)


def flat(vectors: Vectors) -> faiss.Index:
    """An exhaustive index over half-precision copies: half of the memory, a cosine is off by 0.00005 at most."""
    index = faiss.IndexScalarQuantizer(vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    index.add(np.ascontiguousarray(vectors))
    return index


def one_cell(vectors: Vectors) -> faiss.Index:
    """As `flat`, for few vectors of which every cosine is wanted: an inverted file of one cell.

    That can be searched by range, which all cosines are above: half the time of a search for as many as there are,
    which sorts them.
    """
    dimensions = vectors.shape[1]
    cell = faiss.IndexFlatIP(dimensions)
    cell.add(np.zeros((1, dimensions), dtype=np.float32))
    kind = faiss.ScalarQuantizer.QT_fp16
    index = faiss.IndexIVFScalarQuantizer(cell, dimensions, 1, kind, faiss.METRIC_INNER_PRODUCT, False)
    index.is_trained = True  # halving the precision learns nothing
    index.add(np.ascontiguousarray(vectors))
    return index


def whole(vectors: Vectors) -> faiss.Index:
    """An exhaustive index over the vectors as they are: twice the memory of `flat`, a quarter of its time."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors))
    return index


def by_cells(vectors: Vectors, *, recall: float = RECALL, seed: int = 1) -> faiss.Index:
    """An inverted file of codes beside 16-bit vectors; it visits the fewest cells that have that recall."""
    count, dimensions = vectors.shape
    cells = min(MOST_CELLS, 2 ** int(np.log2(4 * np.sqrt(count))))
    kind = f"IVF{cells},PQ{dimensions // CODED}x4fs,Refine(SQfp16)"
    index = faiss.index_factory(dimensions, kind, faiss.METRIC_INNER_PRODUCT)
    index.k_factor = COMPARED
    faiss.extract_index_ivf(index).cp.seed = seed
    draw = np.random.default_rng(seed)
    index.train(vectors[np.sort(draw.choice(count, min(count, TRAINED_WITH * cells), replace=False))])
    index.add(np.ascontiguousarray(vectors))
    queries = perturbed(_between(vectors, TUNING_QUERIES, draw), NOISE, draw)
    tune(index, queries, nearest(vectors, queries), recall=recall)
    return index


def tune(index: faiss.Index, queries: Vectors, truth: npt.NDArray[np.int64], *, recall: float) -> float:
    """Set how many cells are visited: the fewest of 1, 2, 3, 4, 6, 8 … with that recall; returns what it has."""
    visited = [n for power in range(16) for n in (2**power, 3 * 2**power // 2) if n]
    reached, parted = 0.0, faiss.extract_index_ivf(index)
    for cells in sorted({min(n, parted.nlist) for n in visited}):
        parted.nprobe = cells
        reached = recall_at(index, queries, truth)
        if reached >= recall:
            break
    return reached


def recall_at(index: faiss.Index, queries: Vectors, truth: npt.NDArray[np.int64]) -> float:
    """The mean share of the true nearest (a row of `truth` for each query) among as many that the index finds."""
    _, found = index.search(queries, truth.shape[1])
    hits = [len(set(row) & set(true)) for row, true in zip(found.tolist(), truth.tolist(), strict=True)]
    return float(np.mean(hits)) / truth.shape[1]


def nearest(vectors: Vectors, queries: Vectors, *, top: int = TOP) -> npt.NDArray[np.int64]:
    """The numbers of the nearest vectors of each query, by comparing all."""
    _, numbers = faiss.knn(queries, np.ascontiguousarray(vectors), top, metric=faiss.METRIC_INNER_PRODUCT)
    return np.asarray(numbers, dtype=np.int64)


def perturbed(vectors: Vectors, noise: float, draw: np.random.Generator) -> Vectors:
    """Unit vectors near the given ones: each with `noise` of a random direction added."""
    other = draw.standard_normal(vectors.shape, dtype=np.float32)
    other /= np.linalg.norm(other, axis=1, keepdims=True)
    out = vectors + noise * other
    return np.asarray(out / np.linalg.norm(out, axis=1, keepdims=True), dtype=np.float32)


def _between(vectors: Vectors, count: int, draw: np.random.Generator) -> Vectors:
    """Unit vectors in the middle of two of the given ones, drawn at random."""
    first, second = draw.choice(len(vectors), (2, count))
    out = vectors[first] + vectors[second]
    return np.asarray(out / np.linalg.norm(out, axis=1, keepdims=True), dtype=np.float32)


def cosines(index: faiss.Index, vector: Vectors) -> Scores:
    """The cosine of every stored vector with one unit vector, in their order.

    A large index tells the NEAREST alone, all others count as the last of those.
    """
    if isinstance(index, faiss.IndexFlat):
        return _all(index, vector)
    if isinstance(index, faiss.IndexIVFScalarQuantizer):
        _, found, numbers = index.range_search(vector[None, :], BELOW_ALL)
        out = np.empty(index.ntotal, dtype=np.float32)
        out[numbers] = found
        return out
    if index.ntotal <= EXACT_MOST:
        found, numbers = index.search(vector[None, :], index.ntotal)
    else:
        more = faiss.IndexRefineSearchParameters(k_factor=COMPARED_OF_MANY)
        found, numbers = index.search(vector[None, :], NEAREST, params=more)
    known = numbers[0] >= 0
    out = np.full(index.ntotal, found[0][known].min() if known.any() else -1.0, dtype=np.float32)
    out[numbers[0][known]] = found[0][known]
    return out


def reconstructed(index: faiss.Index, numbers: npt.NDArray[np.int64]) -> Vectors:
    """The stored vectors of these numbers, shape (len(numbers), dimensions)."""
    if not isinstance(index, faiss.IndexScalarQuantizer):
        return np.asarray(index.reconstruct_batch(numbers), dtype=np.float32)
    # all decoded in one go: FAISS decodes one by one, at three times the cost
    size = index.sa_code_size()
    codes = faiss.rev_swig_ptr(index.codes.data(), index.ntotal * size).reshape(-1, size)
    return np.asarray(index.sa_decode(codes[numbers]), dtype=np.float32)


def _all(index: faiss.IndexFlat, vector: Vectors) -> Scores:
    """The cosines in their order: a search for as many as there are would sort them first, at twice the cost."""
    query = np.ascontiguousarray(vector, dtype=np.float32)
    out = np.empty(index.ntotal, dtype=np.float32)
    numbers = _numbers(index.ntotal)
    index.compute_distance_subset(1, faiss.swig_ptr(query), len(out), faiss.swig_ptr(out), faiss.swig_ptr(numbers))
    return out


@lru_cache(maxsize=8)
def _numbers(count: int) -> npt.NDArray[np.int64]:
    return np.arange(count, dtype=np.int64)
