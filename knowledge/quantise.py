"""Small, fast networks: fused operators, int8 weights by channel, and activations scaled by ranges measured before.

Needed at build time only. With ranges that stand fast a text's vector is the same whatever else is in its pass; by the
usual dynamic ranges, taken anew from each pass, it depends on its neighbours. The ranges of these networks are set by
a few outlying dimensions that hardly change from text to text (Bondarenko et al. 2021, "Understanding and Overcoming
the Challenges of Efficient Transformer Quantization"), so that nothing is lost by it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.errors import EncoderError
from knowledge.fusing import joined

HEADS = 12  # of attention, in each layer of all-MiniLM-L6-v2
WIDTH = 384
STEPS = 255  # of an unsigned byte

Ranges = Mapping[str, tuple[float, float]]  # the least and the most of an activation, by the name of its tensor
Feed = Mapping[str, npt.NDArray[Any]]  # the inputs of one pass


def compress(path: Path, feeds: Iterable[Feed] = (), *, ranges: Ranges | None = None) -> None:
    """Make the fp32 network in the file small and fast, in its place.

    The ranges of the activations are `ranges`, or else measured on the passes `feeds`. Raises EncoderError where a
    range is missing.
    """
    import onnx

    network = quantised(path)
    scaled = _scaled(network, measure(network, feeds) if ranges is None else ranges)
    onnx.save(joined(scaled), str(path))


def quantised(path: Path) -> Any:
    """The fp32 network in the file with int8 weights, its activations scaled anew in each pass.

    Attention and norms become single operators (onnxruntime.transformers): a sixth of the time less, and nearer to
    fp32 than int8 alone.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers.optimizer import optimize_model

    types = {"DefaultTensorType": onnx.TensorProto.FLOAT}  # the shapes behind fused operators are not inferred
    with tempfile.TemporaryDirectory() as scratch:
        fused, small = Path(scratch) / "fused.onnx", Path(scratch) / "small.onnx"
        whole = optimize_model(str(path), model_type="bert", num_heads=HEADS, hidden_size=WIDTH, opt_level=0)
        whole.save_model_to_file(str(fused))
        quantize_dynamic(fused, small, weight_type=QuantType.QInt8, per_channel=True, extra_options=types)
        return onnx.load(str(small))


def measure(network: Any, feeds: Iterable[Feed]) -> dict[str, tuple[float, float]]:
    """The widest range of each activation that a network of `quantised` scales, over these passes."""
    import onnx
    import onnxruntime

    watched = onnx.ModelProto()
    watched.CopyFrom(network)
    scaling = _scaling(watched)
    for node in scaling:
        watched.graph.output.append(onnx.helper.make_tensor_value_info(node.output[1], onnx.TensorProto.FLOAT, []))
        watched.graph.output.append(onnx.helper.make_tensor_value_info(node.output[2], onnx.TensorProto.UINT8, []))
    session = onnxruntime.InferenceSession(watched.SerializeToString(), providers=["CPUExecutionProvider"])
    outputs = [name for node in scaling for name in node.output[1:3]]
    found = np.array([session.run(outputs, dict(feed)) for feed in feeds], dtype=np.float64)
    scales, zeros = found[:, 0::2], found[:, 1::2]
    least, most = (-zeros * scales).min(axis=0), ((STEPS - zeros) * scales).max(axis=0)
    return {node.input[0]: (float(low), float(high)) for node, low, high in zip(scaling, least, most, strict=True)}


def _scaled(network: Any, ranges: Ranges) -> Any:
    """A dynamically quantised network with its activations scaled by these ranges instead."""
    import onnx

    nodes = list(network.graph.node)
    del network.graph.node[:]
    for node in nodes:
        if node.op_type != "DynamicQuantizeLinear":
            network.graph.node.append(node)
            continue
        name = node.input[0]
        if name not in ranges:
            raise EncoderError(f"no range for the activation '{name}'; measure them anew (knowledge/quantise.py)")
        least, most = ranges[name]
        step = (most - least) / STEPS
        values, scale, zero = node.output
        made: dict[str, npt.NDArray[Any]] = {
            scale: np.array(step, np.float32),
            zero: np.array(round(-least / step), np.uint8),
        }
        network.graph.initializer.extend(onnx.numpy_helper.from_array(value, key) for key, value in made.items())
        network.graph.node.append(onnx.helper.make_node("QuantizeLinear", [name, scale, zero], [values]))
    return network


def _scaling(network: Any) -> list[Any]:
    return [node for node in network.graph.node if node.op_type == "DynamicQuantizeLinear"]
