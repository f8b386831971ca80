"""All cosines of a vector at once, roughly, from 8-bit copies of the stored ones: a tenth of the time.

The rankings need the cosine of every phrasing, and what takes time is reading 45 MB of them. Here they are bytes, which
a core's cache nearly holds, multiplied as integers (ONNX Runtime's MatMulInteger). Built at build time, as that needs
the package onnx; serving does not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.encoder import Vectors

LEVELS = 63  # 7 bits: with 8 the sums of pairs overflow on processors without VNNI
QUERY_LEVELS = 127
ZERO = 128  # of the query, whose bytes have no sign

Scores = npt.NDArray[np.float32]


class CoarseScores:
    """Cosines with every stored vector; off by about 0.003."""

    def __init__(self, model: bytes | str) -> None:
        """From what `build` made: the bytes, or the path of a file that holds them."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        self.model = model
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def __call__(self, vector: Vectors) -> Scores:
        """The cosines with one unit vector, shape (stored,)."""
        scale = np.float32(np.abs(vector).max() / QUERY_LEVELS)
        bytes_ = (np.rint(vector / scale) + ZERO).astype(np.uint8)
        return np.asarray(self._session.run(None, {"query": bytes_[None, :]})[0][0] * scale, dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write the model to a file."""
        path.write_bytes(self.model if isinstance(self.model, bytes) else Path(self.model).read_bytes())


def build(vectors: Vectors) -> bytes:
    """The model that multiplies with these unit vectors."""
    from onnx import TensorProto, helper, numpy_helper

    scales = np.abs(vectors).max(axis=1, keepdims=True) / LEVELS
    weights = np.rint(vectors / scales).astype(np.int8).T
    nodes: list[Any] = [
        helper.make_node("MatMulInteger", ["query", "stored", "zero"], ["sums"]),
        helper.make_node("Cast", ["sums"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["numbers", "scales"], ["cosines"]),
    ]
    graph = helper.make_graph(
        nodes,
        "coarse",
        [helper.make_tensor_value_info("query", TensorProto.UINT8, [1, vectors.shape[1]])],
        [helper.make_tensor_value_info("cosines", TensorProto.FLOAT, [1, len(vectors)])],
        [
            numpy_helper.from_array(np.ascontiguousarray(weights), "stored"),
            numpy_helper.from_array(np.array(ZERO, dtype=np.uint8), "zero"),
            numpy_helper.from_array(scales.T.astype(np.float32), "scales"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    return bytes(model.SerializeToString())
