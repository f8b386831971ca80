"""The nearest phrasings of each question, found in short 8-bit copies of the vectors and then compared exactly.

A patient's text is compared with every phrasing, and what takes time is reading 70 MB of them. Here they are turned
onto their main axes (principal component analysis), the first half of which is kept in bytes: a core's cache holds
that. They are multiplied as integers (ONNX Runtime's MatMulInteger). Built at build time, as that needs the package
onnx; serving does not.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from knowledge.encoder import Vectors

AXES = 192  # of 384: 91 % of the catalogue's variance; the rough cosines are off by 0.008 (standard deviation)
LEVELS = 63  # 7 bits: with 8 the sums of pairs overflow on processors without VNNI
GROUP = 8  # phrasings of one question of which, at first, the nearest alone is looked at
REFINED = 32  # questions whose cosines are exact: the ten best were among the rough order's first 20
DEPTH = 4  # phrasings of such a question that are compared: what is roughly the fourth may be the third

Scores = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]


class CoarseNearest:
    """The cosines of the phrasings of each question that are nearest to a vector."""

    def __init__(self, model: bytes | str, owners: Numbers) -> None:
        """From what `build` made (the bytes, or the path of a file that holds them) for the same `owners`."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        self.model = model
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._count = len(owners)
        self._members = members(owners)
        self._sizes = np.bincount(owners)
        self._grid = grid(owners)
        self._groups = np.ascontiguousarray(_table(-(-np.bincount(owners) // GROUP)).T)  # of each question, a column

    def __call__(self, vector: Vectors) -> Scores:
        """The rough cosine of every phrasing with one unit vector, in their order."""
        return np.asarray(self._rough(vector)[self._column[:-1]], dtype=np.float32)

    def nearest(self, phrasings: faiss.Index, vector: Vectors, count: int) -> Scores:
        """The `count` largest cosines of each question, falling, shape (count, questions).

        Exact for the REFINED questions that come nearest. A question of fewer phrasings ends in -inf.
        """
        rough = self._rough(vector)
        of_groups = np.append(rough.reshape(self._grid.shape).max(axis=0), np.float32(-np.inf))[self._groups]
        found = _of_columns(of_groups, count)
        best = np.argpartition(-found[0], min(REFINED, len(found[0])) - 1)[:REFINED]
        found[:, best] = self._exact(best, rough, phrasings, vector, count).T
        return found

    def _exact(self, best: Numbers, rough: Scores, phrasings: faiss.Index, vector: Vectors, count: int) -> Scores:
        """The largest cosines of these questions, by the whole vectors of their roughly nearest phrasings."""
        numbers = self._members[best, : self._sizes[best].max()]
        each = np.append(rough, np.float32(-np.inf))[self._column[numbers]]
        depth = min(max(DEPTH, count), numbers.shape[1])
        numbers = np.take_along_axis(numbers, np.argpartition(-each, depth - 1, axis=1)[:, :depth], axis=1)
        values = np.full(numbers.shape, -np.inf, dtype=np.float32)
        values[numbers < self._count] = phrasings.reconstruct_batch(numbers[numbers < self._count]) @ vector
        return largest(values, count)

    def _rough(self, vector: Vectors) -> Scores:
        """The rough cosines in the order of the grid, phrasings that fill it up twice or more."""
        return np.asarray(self._session.run(None, {"query": vector[None, :]})[0][0], dtype=np.float32)

    @cached_property
    def _column(self) -> Numbers:
        """Where in the grid each phrasing stands; the last is the place behind it, for the number of none."""
        return np.append(np.unique(self._grid.ravel(), return_index=True)[1], self._grid.size)

    def save(self, path: Path) -> None:
        """Write the model to a file."""
        path.write_bytes(self.model if isinstance(self.model, bytes) else Path(self.model).read_bytes())


def largest(values: Scores, count: int) -> Scores:
    """The `count` largest values of each row, falling; -inf where a row has fewer."""
    left, rows = values.copy(), np.arange(len(values))
    out = np.empty((len(values), count), dtype=np.float32)
    for place in range(count):
        at = left.argmax(axis=1)
        out[:, place] = left[rows, at]
        left[rows, at] = -np.inf
    return out


def _of_columns(values: Scores, count: int) -> Scores:
    """The `count` largest values of each column, falling, shape (count, columns); -inf where a column has fewer."""
    found = np.sort(values, axis=0)[::-1][:count]
    lacking = np.full((count - len(found), values.shape[1]), -np.inf, dtype=np.float32)
    return np.concatenate([found, lacking])


def members(owners: Numbers) -> Numbers:
    """The phrasings of each question, a row a question; short rows end in the number that no phrasing has.

    `owners[i]` is the number of the question that phrasing i asks, rising; each question has one at least.
    """
    return _table(np.bincount(owners))


def grid(owners: Numbers) -> Numbers:
    """The numbers of the phrasings, shape (GROUP, groups): each column is a group of one question's phrasings.

    A group that is not full has the question's last phrasing again: the largest cosine of a group stays the same.
    """
    sizes = np.bincount(owners)
    ends, wide = np.cumsum(sizes), -(-sizes // GROUP) * GROUP
    places = np.arange(int(wide.max()))
    numbers = np.minimum((ends - sizes)[:, None] + places, ends[:, None] - 1)
    return np.ascontiguousarray(numbers[places < wide[:, None]].reshape(-1, GROUP).T)


def _table(sizes: Numbers) -> Numbers:
    """Rows of rising numbers, as many in row r as `sizes[r]` says; short rows end in the count of all."""
    ends = np.cumsum(sizes)
    columns = (ends - sizes)[:, None] + np.arange(int(sizes.max()))
    return np.asarray(np.where(columns < ends[:, None], columns, ends[-1]), dtype=np.int64)


def build(vectors: Vectors, owners: Numbers) -> bytes:
    """The model that multiplies with these unit vectors, in the order of the `grid` of `owners`."""
    from onnx import TensorProto, helper, numpy_helper

    axes = _main_axes(vectors)
    short = (vectors @ axes)[grid(owners).ravel()]
    scales = np.maximum(np.abs(short).max(axis=1, keepdims=True), 1e-6) / LEVELS
    constants = {
        "axes": axes,
        "stored": np.ascontiguousarray(np.rint(short / scales).astype(np.int8).T),
        "scales": scales.T.astype(np.float32),
    }
    nodes: list[Any] = [
        helper.make_node("MatMul", ["query", "axes"], ["short"]),
        helper.make_node("DynamicQuantizeLinear", ["short"], ["bytes", "scale", "zero"]),
        helper.make_node("MatMulInteger", ["bytes", "stored", "zero"], ["sums"]),
        helper.make_node("Cast", ["sums"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["numbers", "scales"], ["scaled"]),
        helper.make_node("Mul", ["scaled", "scale"], ["cosines"]),
    ]
    graph = helper.make_graph(
        nodes,
        "coarse",
        [helper.make_tensor_value_info("query", TensorProto.FLOAT, [1, vectors.shape[1]])],
        [helper.make_tensor_value_info("cosines", TensorProto.FLOAT, [1, len(short)])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    return bytes(model.SerializeToString())


def _main_axes(vectors: Vectors) -> Vectors:
    """The AXES directions along which the vectors vary most (about the origin), shape (dimensions, AXES)."""
    found = np.linalg.eigh(vectors.T.astype(np.float64) @ vectors)[1]
    return np.ascontiguousarray(found[:, ::-1][:, :AXES], dtype=np.float32)
