"""A network for texts end to end in one row, made of one for texts below each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from knowledge.errors import EncoderError
from knowledge.packing import EMBEDDING, packable

WIDTH, WORDS, PLACES = 4, 10, 6
MICROSOFT = "com.microsoft"


def small(values: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    return values.astype(np.uint8)


@pytest.fixture
def network() -> onnx.ModelProto:
    """Embeddings as the quantised encoder has them, and one attention over them."""
    draw = np.random.default_rng(1)
    shapes = {"words": (WORDS, WIDTH), "places": (PLACES, WIDTH), "types": (2, WIDTH), "gain": (WIDTH,)}
    held: dict[str, Any] = {
        name: small(draw.integers(0, 255, shape)) for name, shape in {**shapes, "shift": (WIDTH,)}.items()
    }
    tables = list(held)
    held |= {f"{name}_scale": np.float32(0.01 * (n + 1)) for n, name in enumerate(tables)}
    held |= {f"{name}_zero": np.uint8(10 * n) for n, name in enumerate(tables)}
    held |= {
        "qkv": 0.3 * draw.standard_normal((WIDTH, 3 * WIDTH)).astype(np.float32),
        "bias": np.zeros(3 * WIDTH, np.float32),
    }
    embedded = [
        *("ids32", "types32"),
        *tables,
        "mask32",
        *(f"{n}_scale" for n in tables),
        *(f"{n}_zero" for n in tables),
    ]
    nodes = [
        helper.make_node("Cast", ["input_ids"], ["ids32"], to=TensorProto.INT32),
        helper.make_node("Cast", ["attention_mask"], ["mask32"], to=TensorProto.INT32),
        helper.make_node("Cast", ["token_type_ids"], ["types32"], to=TensorProto.INT32),
        helper.make_node(EMBEDDING, embedded, ["embedded", "counted"], domain=MICROSOFT, epsilon=1e-12),
        helper.make_node("Attention", ["embedded", "qkv", "bias", "counted"], ["out"], domain=MICROSOFT, num_heads=1),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])
            for name in ("input_ids", "attention_mask", "token_type_ids")
        ],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["texts", "tokens", WIDTH])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in held.items()],
    )
    opsets = [helper.make_opsetid("", 14), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def run(network: onnx.ModelProto, **feed: npt.NDArray[np.generic]) -> npt.NDArray[np.float32]:
    session = onnxruntime.InferenceSession(network.SerializeToString(), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, feed)[0])


def test_texts_in_one_row_come_out_as_each_does_alone(network: onnx.ModelProto) -> None:
    texts = [np.array([[1, 5, 2]]), np.array([[7, 3, 3, 9, 2]])]
    alone = [
        run(network, input_ids=ids, attention_mask=np.ones_like(ids), token_type_ids=np.zeros_like(ids))
        for ids in texts
    ]
    owners = np.array([0] * 3 + [1] * 5)
    row = {"input_ids": np.concatenate(texts, axis=1), "position_ids": np.array([[0, 1, 2, 0, 1, 2, 3, 4]])}
    made = packable(network)
    together = run(made, **row, mask=(owners[:, None] == owners).astype(np.int32)[None])
    np.testing.assert_allclose(together, np.concatenate(alone, axis=1), rtol=1e-4, atol=1e-5)
    mixed = run(made, **row, mask=np.ones((1, 8, 8), dtype=np.int32))
    assert np.abs(mixed - together).max() > 0.01  # the mask is what keeps them apart


def test_nothing_is_kept_that_nothing_reads(network: onnx.ModelProto) -> None:
    made = packable(network).graph
    read = {name for node in made.node for name in node.input}
    assert {tensor.name for tensor in made.initializer} <= read
    assert [i.name for i in made.input] == ["input_ids", "position_ids", "mask"]


def test_a_network_that_begins_otherwise_is_refused(network: onnx.ModelProto) -> None:
    kept = [node for node in network.graph.node if node.op_type != EMBEDDING]
    del network.graph.node[:]
    network.graph.node.extend(kept)
    with pytest.raises(EncoderError, match=r"has 0 operators QEmbedLayerNormalization, not 1"):
        packable(network)
