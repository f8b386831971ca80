"""The nearest phrasings of each question, found in short 4-bit copies of the vectors and then compared exactly.

A patient's text is compared with every phrasing, and what takes time is reading 70 MB of them. Here they are turned
onto their main axes (principal component analysis), the first half of which is kept in half a byte each, with a scale
a block: 5 MB. They are multiplied as integers (ONNX Runtime's MatMulNBits). Built at build time, as that needs the
package onnx; serving does not.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from knowledge.encoder import Vectors
from knowledge.vectors import reconstructed

AXES = 192  # of 384: 91 % of the catalogue's variance; the rough cosines are off by 0.012 (standard deviation)
BLOCK = 64  # axes of one scale; with 32 a quarter slower and off by as much
INTEGERS = 4  # MatMulNBits' `accuracy_level`: the query is turned into bytes too
TURNED = "turned"  # the node that is no comparison, and stays as it is
GROUP = 8  # phrasings of one question of which, at first, the nearest alone is looked at
REFINED = 40  # questions whose cosines are exact: the ten best were among the rough order's first 36
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
        self._grid = grid(owners)
        self._repeated = np.zeros(self._grid.shape, dtype=np.bool_)
        self._repeated[1:] = self._grid[1:] == self._grid[:-1]
        self._groups = groups(owners)
        self._order = by_size(owners)
        self._ends = np.cumsum(_at_least(owners))

    def __call__(self, vector: Vectors) -> Scores:
        """The rough cosine of every phrasing with one unit vector, in their order."""
        out = np.empty(self._count, dtype=np.float32)
        out[self._grid] = self._rough(vector)
        return out

    def nearest(self, phrasings: faiss.Index, vector: Vectors, count: int) -> Scores:
        """The `count` largest cosines of each question, falling, shape (count, questions).

        Exact for the REFINED questions that come nearest. A question of fewer phrasings ends in -inf.
        """
        rough = self._rough(vector)
        of_groups = rough.max(axis=0)
        found = self._largest_of_groups(of_groups, count)
        best = np.argpartition(-found[0], min(REFINED, len(found[0])) - 1)[:REFINED]
        found[:, best] = self._exact(best, rough, of_groups, phrasings, vector, count).T
        return found

    def _largest_of_groups(self, of_groups: Scores, count: int) -> Scores:
        """The `count` largest of the groups' values of each question, falling; sorted by insertion, all at once."""
        kept = np.full((count, len(self._order)), -np.inf, dtype=np.float32)
        start = 0
        for end in self._ends:
            value = of_groups[start:end]
            *places, last = kept[:, : end - start]
            for place in places:
                left = np.minimum(place, value)
                np.maximum(place, value, out=place)
                value = left
            np.maximum(last, value, out=last)
            start = end
        found = np.empty_like(kept)
        found[:, self._order] = kept
        return found

    def _exact(
        self, best: Numbers, rough: Scores, of_groups: Scores, phrasings: faiss.Index, vector: Vectors, count: int
    ) -> Scores:
        """The largest cosines of these questions, by the whole vectors of their roughly nearest phrasings."""
        depth = max(DEPTH, count)
        of_best = self._groups[best]
        near = np.append(of_groups, np.float32(-np.inf))[of_best]
        looked_at = np.take_along_axis(of_best, _first(near, depth), axis=1)  # hold the `depth` nearest phrasings
        there = np.minimum(looked_at, len(of_groups) - 1)
        none = self._repeated[:, there] | (looked_at == len(of_groups))
        values = _rows(np.where(none, np.float32(-np.inf), rough[:, there]))
        numbers = _rows(np.where(none, self._count, self._grid[:, there]))
        numbers = np.take_along_axis(numbers, _first(values, depth), axis=1)
        known = numbers < self._count
        exact = np.full(numbers.shape, -np.inf, dtype=np.float32)
        exact[known] = reconstructed(phrasings, numbers[known]) @ vector
        return largest(exact, count)

    def _rough(self, vector: Vectors) -> Scores:
        """The rough cosines as the phrasings stand in the grid."""
        found = self._session.run(None, {"query": vector[None, :]})[0]
        return np.asarray(found, dtype=np.float32).reshape(self._grid.shape)

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


def _first(values: Scores, count: int) -> Numbers:
    """Where in each row the `count` largest values stand, in any order; all of a shorter row."""
    return np.argpartition(-values, min(count, values.shape[1]) - 1, axis=1)[:, :count]


def _rows(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Of shape (GROUP, questions, groups): a row a question."""
    return np.moveaxis(values, 1, 0).reshape(values.shape[1], -1)


def by_size(owners: Numbers) -> Numbers:
    """The questions, those of most groups first.

    `owners[i]` is the number of the question that phrasing i asks, rising; each question has one at least.
    """
    return np.argsort(-_groups_of(owners), kind="stable")


def groups(owners: Numbers) -> Numbers:
    """The columns of the `grid` that hold each question, a row a question; short rows end in the count of columns."""
    order, many = by_size(owners), _at_least(owners)
    columns = np.full((len(order), len(many)), many.sum(), dtype=np.int64)
    start = 0
    for place, questions in enumerate(many):
        columns[order[:questions], place] = np.arange(start, start + questions)
        start += questions
    return columns


def grid(owners: Numbers) -> Numbers:
    """The numbers of the phrasings, shape (GROUP, groups): each column is a group of one question's phrasings.

    The first group of each question, in the order `by_size`, then the second of those that have one, and so on: all
    questions' largest values are found by comparing runs of columns. A group that is not full has the question's last
    phrasing again, which does not change its largest cosine.
    """
    sizes = np.bincount(owners)
    ends = np.cumsum(sizes)
    order = by_size(owners)
    runs = []
    for place, questions in enumerate(_at_least(owners)):
        held = order[:questions]
        first = (ends - sizes)[held] + GROUP * place
        runs.append(np.minimum(first + np.arange(GROUP)[:, None], ends[held] - 1))
    return np.ascontiguousarray(np.concatenate(runs, axis=1))


def _groups_of(owners: Numbers) -> Numbers:
    """How many groups each question has."""
    return np.asarray(-(-np.bincount(owners) // GROUP), dtype=np.int64)


def _at_least(owners: Numbers) -> Numbers:
    """How many questions have one group or more, two or more, and so on."""
    many = np.bincount(_groups_of(owners))
    return np.asarray(np.cumsum(many[::-1])[::-1][1:], dtype=np.int64)


def build(vectors: Vectors, owners: Numbers) -> bytes:
    """The model that multiplies with these unit vectors, in the order of the `grid` of `owners`."""
    from onnx import TensorProto, helper, numpy_helper

    axes = _main_axes(vectors)
    short = (vectors @ axes)[grid(owners).ravel()]
    constants = {"axes": axes, "stored": np.ascontiguousarray(short.T)}
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["query", "axes"], ["short"], name=TURNED),
            helper.make_node("MatMul", ["short", "stored"], ["cosines"], name="compared"),
        ],
        "coarse",
        [helper.make_tensor_value_info("query", TensorProto.FLOAT, [1, vectors.shape[1]])],
        [helper.make_tensor_value_info("cosines", TensorProto.FLOAT, [1, len(short)])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    coded = _quantizer()(
        model, block_size=BLOCK, is_symmetric=False, accuracy_level=INTEGERS, nodes_to_exclude=[TURNED]
    )
    coded.process()
    return bytes(coded.model.model.SerializeToString())


def _quantizer() -> Any:
    """ONNX Runtime's class; its module sets up the logging of the whole process when it is imported."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    from onnxruntime.quantization import matmul_nbits_quantizer

    root.handlers[:] = handlers
    root.setLevel(level)
    matmul_nbits_quantizer.logger.setLevel(logging.WARNING)
    return matmul_nbits_quantizer.MatMulNBitsQuantizer


def _main_axes(vectors: Vectors) -> Vectors:
    """The AXES directions along which the vectors vary most (about the origin), shape (dimensions, AXES)."""
    found = np.linalg.eigh(vectors.T.astype(np.float64) @ vectors)[1]
    return np.ascontiguousarray(found[:, ::-1][:, :AXES], dtype=np.float32)
