"""The serving encoder refuses a folder that is not what the build exported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.encoder import FORMAT, PASS, OnnxEncoder, passes
from knowledge.errors import EncoderError

MANIFEST = json.dumps({"format": FORMAT, "fingerprint": "abc"})


def test_a_missing_folder_is_named_with_the_mend(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"no encoder in .*absent; run `faqbot build`"):
        OnnxEncoder(tmp_path / "absent")


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"manifest.json": "{}", "model.onnx": ""}, id="no format"),
        pytest.param(
            {"manifest.json": json.dumps({"format": FORMAT + 1, "fingerprint": "abc"}), "model.onnx": ""},
            id="another format",
        ),
        pytest.param({"manifest.json": MANIFEST, "tokenizer.json": "{}"}, id="no model"),
        pytest.param({"manifest.json": MANIFEST, "model.onnx": ""}, id="no tokenizer"),
        pytest.param({"manifest.json": "{", "model.onnx": "", "tokenizer.json": "{}"}, id="half a manifest"),
        pytest.param({"manifest.json": MANIFEST, "model.onnx": "", "tokenizer.json": "{"}, id="half a tokenizer"),
    ],
)
def test_an_incomplete_folder_is_named_with_the_mend(tmp_path: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(EncoderError, match=f"{tmp_path.name}.*run `faqbot build`"):
        OnnxEncoder(tmp_path)


def test_texts_go_through_together_while_they_are_short() -> None:
    assert passes([], 60) == []
    assert passes([7], 60) == [slice(0, 1)]
    assert passes([30, 30], 60) == [slice(0, 2)]
    assert passes([30, 31], 60) == [slice(0, 1), slice(1, 2)]
    assert passes([100, 5, 100, 5, 5], 60) == [slice(0, 1), slice(1, 2), slice(2, 3), slice(3, 5)]
    assert passes([3, 4], 0) == [slice(0, 1), slice(1, 2)]


def test_each_text_is_in_one_pass_in_its_place() -> None:
    lengths = [3, 80, 12, 31, 30, 5, 128, 64]
    found = passes(lengths, PASS)
    assert [n for part in found for n in range(len(lengths))[part]] == list(range(len(lengths)))
    assert all(sum(lengths[part]) <= PASS for part in found)
