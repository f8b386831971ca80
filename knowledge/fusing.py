"""Operators of a quantised network that do one thing together, joined: the same numbers in less time.

Needed at build time only. ONNX Runtime joins them by itself where activations are scaled anew in each pass; the fixed
ranges of `knowledge.quantise` are constants, by which it does not find them.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

MICROSOFT = "com.microsoft"  # ONNX Runtime's own operators


def joined(network: Any) -> Any:
    """A network of `knowledge.quantise`, changed in place; every output stays the same to the last bit.

    A product in int8, its way back to floats and its scale become one operator, and the bias of a GELU behind it goes
    with it. What is connected in another way is left as it is.
    """
    from onnx import helper

    graph = network.graph
    reads = Counter(name for node in graph.node for name in node.input)
    reads.update(output.name for output in graph.output)
    made = {name: node for node in graph.node for name in node.output}
    replaced: dict[str, Any] = {}  # what makes an output now
    gone: set[int] = set()
    for scaled in [node for node in graph.node if node.op_type == "Mul"]:
        found = _product(scaled, made, reads)
        if found:
            product, back, scales = found
            replaced[scaled.output[0]] = helper.make_node(
                "MatMulIntegerToFloat",
                [*product.input[:2], *scales.input, *product.input[2:]],
                [scaled.output[0]],
                domain=MICROSOFT,
            )
            gone.update(map(id, (product, back, scales)))
    for node in [node for node in graph.node if node.op_type == "BiasGelu"]:
        product = replaced.get(node.input[0])
        if product is not None and len(product.input) == 6 and reads[node.input[0]] == 1:
            product.input.append(node.input[1])
            replaced[node.output[0]] = helper.make_node("Gelu", [node.input[0]], [node.output[0]], domain=MICROSOFT)
    kept = [replaced.get(node.output[0], node) for node in graph.node if id(node) not in gone]
    del graph.node[:]
    graph.node.extend(kept)
    return network


def _product(scaled: Any, made: dict[str, Any], reads: Counter[str]) -> tuple[Any, Any, Any] | None:
    """The product, the cast and the two scales (the activation's first) behind what scales a product, or None."""
    before = {node.op_type: node for node in (made.get(name) for name in scaled.input) if node is not None}
    back, scales = before.get("Cast"), before.get("Mul")
    if back is None or scales is None:
        return None
    product = made.get(back.input[0])
    if product is None or product.op_type != "MatMulInteger" or len(product.input) != 4:
        return None
    activation = made.get(product.input[0])
    if activation is None or activation.op_type != "QuantizeLinear" or activation.input[1] != scales.input[0]:
        return None
    alone = all(reads[node.output[0]] == 1 for node in (product, back, scales))
    return (product, back, scales) if alone else None
