"""A network that takes several texts in one row, end to end: nothing is filled up to the longest.

Needed at build time only. Positions begin anew with each text, and no text attends to another. Method: Krell et al.
2021, "Efficient Sequence Packing without Cross-contamination" (arXiv:2107.02027).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.encoder import MAX_TOKENS
from knowledge.errors import EncoderError

EMBEDDING = "QEmbedLayerNormalization"
# Its inputs in ONNX Runtime: identifiers and mask, five tensors, then the scale and the zero of each.
WORDS, POSITIONS, TYPES, GAIN, SHIFT = range(2, 7)
SCALES, ZEROS = 8, 13


def packable(network: Any) -> Any:
    """The network of `knowledge.quantise`, changed in place to take `input_ids`, `position_ids` and `mask`.

    The first two are int64 of shape (rows, tokens); `mask` is int32 of shape (rows, tokens, tokens), 1 where a token
    attends to another. Raises EncoderError where the network does not begin with one operator for its embeddings.
    """
    from onnx import helper, numpy_helper

    found = [node for node in network.graph.node if node.op_type == EMBEDDING]
    if len(found) != 1:
        raise EncoderError(
            f"the network has {len(found)} operators {EMBEDDING}, not 1: onnxruntime fuses otherwise now"
        )
    embedding, held = found[0], {t.name: t for t in network.graph.initializer}

    def of(place: int) -> npt.NDArray[np.float32]:
        kind = place - WORDS
        values, scale, zero = (
            numpy_helper.to_array(held[embedding.input[at]]).astype(np.float32)
            for at in (place, SCALES + kind, ZEROS + kind)
        )
        return np.asarray((values - zero) * scale, dtype=np.float32)

    constants = {
        "packed/positions": of(POSITIONS)[:MAX_TOKENS],
        "packed/type": of(TYPES)[0],
        "packed/gain": of(GAIN),
        "packed/shift": of(SHIFT),
    }
    epsilon = next(a.f for a in embedding.attribute if a.name == "epsilon")
    words, scale, zero = (embedding.input[at] for at in (WORDS, SCALES, ZEROS))
    begins = [
        helper.make_node("Gather", [words, "input_ids"], ["packed/words_small"]),
        helper.make_node("DequantizeLinear", ["packed/words_small", scale, zero], ["packed/words"]),
        helper.make_node("Gather", ["packed/positions", "position_ids"], ["packed/placed"]),
        helper.make_node(
            "SkipLayerNormalization",
            ["packed/words", "packed/placed", "packed/gain", "packed/shift", "packed/type"],
            [embedding.output[0]],
            domain="com.microsoft",
            epsilon=epsilon,
        ),
    ]
    _rewire(network.graph, begins, old_mask=embedding.output[1])
    network.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in constants.items())
    _drop_unused(network.graph)
    return network


def _rewire(graph: Any, begins: list[Any], *, old_mask: str) -> None:
    """Put `begins` in place of the embeddings, and the new inputs in place of the old."""
    from onnx import TensorProto, helper

    old = {i.name for i in graph.input}
    rest = [n for n in graph.node if n.op_type != EMBEDDING and not old.intersection(n.input)]
    for node in rest:
        node.input[:] = ["mask" if name == old_mask else name for name in node.input]
    del graph.node[:]
    graph.node.extend([*begins, *rest])
    del graph.input[:]
    graph.input.extend(
        helper.make_tensor_value_info(name, kind, shape)
        for name, kind, shape in (
            ("input_ids", TensorProto.INT64, ["rows", "tokens"]),
            ("position_ids", TensorProto.INT64, ["rows", "tokens"]),
            ("mask", TensorProto.INT32, ["rows", "tokens", "others"]),
        )
    )


def _drop_unused(graph: Any) -> None:
    used = {name for node in graph.node for name in node.input}
    kept = [tensor for tensor in graph.initializer if tensor.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)
