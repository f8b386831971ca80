"""Ranges measured once: a text's numbers do not depend on what else is in its pass."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from knowledge.errors import EncoderError
from knowledge.quantise import _scaled, measure


@pytest.fixture
def network(tmp_path: Path) -> onnx.ModelProto:
    """One matrix product, quantised as the encoder's are."""
    weights = np.random.default_rng(1).standard_normal((8, 4)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "one",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["texts", 8])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["texts", 4])],
        [numpy_helper.from_array(weights, "w")],
    )
    path = tmp_path / "one.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(path))
    quantize_dynamic(path, tmp_path / "small.onnx", weight_type=QuantType.QInt8, per_channel=True)
    return onnx.load(str(tmp_path / "small.onnx"))


def run(network: onnx.ModelProto, x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    session = onnxruntime.InferenceSession(network.SerializeToString(), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"x": x})[0])


def test_the_widest_range_of_all_passes_is_measured(network: onnx.ModelProto) -> None:
    passes = [{"x": np.full((1, 8), value, dtype=np.float32)} for value in (-1.0, 0.5, 3.0)]
    assert measure(network, passes)["x"] == pytest.approx((-1.0, 3.0))


def test_with_ranges_that_stand_fast_a_row_is_the_same_in_every_pass(network: onnx.ModelProto) -> None:
    draw = np.random.default_rng(2)
    rows = draw.uniform(-1, 1, (5, 8)).astype(np.float32)
    rows[3] *= 4  # by ranges taken from the pass it would coarsen all others
    together, alone = run(network, rows), np.vstack([run(network, row[None]) for row in rows])
    assert np.abs(together - alone).max() > 0
    fast = _scaled(network, {"x": (-4.0, 4.0)})
    np.testing.assert_array_equal(run(fast, rows), np.vstack([run(fast, row[None]) for row in rows]))
    np.testing.assert_allclose(run(fast, rows), together, atol=0.1)


def test_a_range_that_is_missing_is_named(network: onnx.ModelProto) -> None:
    with pytest.raises(EncoderError, match="no range for the activation 'x'"):
        _scaled(network, {})
