"""Operators that are joined give the same numbers to the last bit; what is connected otherwise stays."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from knowledge.fusing import joined
from knowledge.quantise import _scaled

WIDTH = 8
RANGES = {"x": (-3.0, 3.0), "middle": (-0.2, 4.0)}


@pytest.fixture
def network(tmp_path: Path) -> onnx.ModelProto:
    """A product, GELU with a bias, and another product: quantised as the encoder's are, by fixed ranges."""
    draw = np.random.default_rng(1)
    held = {
        "first": draw.standard_normal((WIDTH, 4 * WIDTH)),
        "bias": draw.standard_normal(4 * WIDTH),
        "second": draw.standard_normal((4 * WIDTH, WIDTH)),
    }
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["x", "first"], ["wide"], name="up"),
            helper.make_node("BiasGelu", ["wide", "bias"], ["middle"], domain="com.microsoft"),
            helper.make_node("MatMul", ["middle", "second"], ["y"], name="down"),
        ],
        "two",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["texts", WIDTH])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["texts", WIDTH])],
        [numpy_helper.from_array(value.astype(np.float32), name) for name, value in held.items()],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), str(tmp_path / "fp32.onnx"))
    types = {"DefaultTensorType": TensorProto.FLOAT}
    quantize_dynamic(
        tmp_path / "fp32.onnx", tmp_path / "int8.onnx", weight_type=QuantType.QInt8, per_channel=True,
        extra_options=types,
    )  # fmt: skip
    return _scaled(onnx.load(str(tmp_path / "int8.onnx")), RANGES)


def run(network: onnx.ModelProto, x: npt.NDArray[np.float32]) -> list[npt.NDArray[np.float32]]:
    session = onnxruntime.InferenceSession(network.SerializeToString(), providers=["CPUExecutionProvider"])
    return [np.asarray(found) for found in session.run(None, {"x": x})]


def operators(network: onnx.ModelProto) -> Counter[str]:
    return Counter(node.op_type for node in network.graph.node)


def test_joined_operators_give_the_same_numbers(network: onnx.ModelProto) -> None:
    x = np.random.default_rng(2).standard_normal((5, WIDTH)).astype(np.float32)
    before = run(network, x)
    assert operators(network)["MatMulInteger"] == 2
    joined(network)
    assert operators(network) == {"QuantizeLinear": 2, "MatMulIntegerToFloat": 2, "Gelu": 1}
    onnx.checker.check_model(network)
    np.testing.assert_array_equal(run(network, x), before)


def test_a_product_that_is_read_twice_keeps_its_operators(network: onnx.ModelProto) -> None:
    back = next(node for node in network.graph.node if node.op_type == "Cast")
    network.graph.output.append(helper.make_tensor_value_info(back.output[0], TensorProto.FLOAT, None))
    x = np.random.default_rng(3).standard_normal((2, WIDTH)).astype(np.float32)
    before = run(network, x)
    found = operators(joined(network))
    assert found["MatMulInteger"] == 1 and found["MatMulIntegerToFloat"] == 1
    assert found["BiasGelu"] == 1, "its bias goes with a joined product alone"
    for now, then in zip(run(network, x), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_gelu_whose_input_is_read_twice_keeps_its_bias(network: onnx.ModelProto) -> None:
    network.graph.output.append(helper.make_tensor_value_info("wide", TensorProto.FLOAT, None))
    x = np.random.default_rng(4).standard_normal((2, WIDTH)).astype(np.float32)
    before = run(network, x)
    assert operators(joined(network)) == {"QuantizeLinear": 2, "MatMulIntegerToFloat": 2, "BiasGelu": 1}
    for now, then in zip(run(network, x), before, strict=True):
        np.testing.assert_array_equal(now, then)
