"""The exported encoder gives a text one vector, whatever it is encoded with."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from tokenizers import Tokenizer

from bot.safety.examples import load_examples
from bot.settings import settings
from knowledge.encoder import DIMENSIONS, MANY, MAX_TOKENS, OnnxEncoder
from knowledge.encoder_export import RANGES


def test_a_texts_vector_does_not_depend_on_its_neighbours() -> None:
    encoder = OnnxEncoder(settings().encoder_dir)
    texts = [
        "how long before it do i stop eating",
        "why?",
        "can i drive home and who sits with me",
        "price of one infusion",
    ]
    alone = np.vstack([encoder.encode([text]) for text in texts])
    # ranges taken from each pass anew would move them by a hundredth
    np.testing.assert_allclose(encoder.encode(texts), alone, atol=1e-4)
    np.testing.assert_allclose(encoder.encode([texts[0], "can i drive home " * 20])[0], alone[0], atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(alone, axis=1), 1, atol=1e-5)


def test_many_texts_get_the_vectors_that_each_has_alone_in_their_order() -> None:
    encoder = OnnxEncoder(settings().encoder_dir)
    texts = [f"what does infusion number {number} cost" for number in range(MANY)]
    many = encoder.encode(texts)
    assert many.shape == (MANY, DIMENSIONS)
    assert all(np.array_equal(many[row], encoder.encode([texts[row]])[0]) for row in (0, 7, 250, MANY - 1))


@pytest.mark.parametrize(("folder", "layers"), [(settings().encoder_dir, 6), (settings().safety_dir, 3)])
def test_attention_is_one_operator_with_int8_weights(folder: Path, layers: int) -> None:
    operators = [node.op_type for node in onnx.load(str(folder / "model.onnx")).graph.node]
    assert operators.count("QAttention") == layers
    assert "Softmax" not in operators


def test_the_committed_ranges_are_those_of_the_activations() -> None:
    network = onnx.load(str(settings().encoder_dir / "model.onnx"))
    scaled = [node.input[0] for node in network.graph.node if node.op_type == "QuantizeLinear"]
    committed = json.loads(RANGES.read_text(encoding="utf-8"))
    assert sorted(scaled) == sorted(committed)
    network.graph.output.extend(onnx.helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, None) for n in scaled)
    session = onnxruntime.InferenceSession(network.SerializeToString(), providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(settings().encoder_dir / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    least, most = np.full(len(scaled), np.inf), np.full(len(scaled), -np.inf)
    for text in [e.text for e in load_examples() if e.language == "en"][::200]:
        ids = np.array([tokenizer.encode(text).ids])
        whole = np.ones((1, ids.size, ids.size), dtype=np.int32)
        feed = {"input_ids": ids, "position_ids": np.arange(ids.size)[None], "mask": whole}
        found = session.run(scaled, feed)
        least, most = np.minimum(least, [f.min() for f in found]), np.maximum(most, [f.max() for f in found])
    for name, low, high in zip(scaled, least, most, strict=True):
        bottom, top = committed[name]
        assert low >= bottom - 0.1 * (top - bottom) and high <= top + 0.1 * (top - bottom), name
        assert high - low > 0.6 * (top - bottom), name
