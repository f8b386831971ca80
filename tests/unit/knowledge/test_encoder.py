"""The serving encoder refuses a folder that is not what the build exported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.encoder import FORMAT, OnnxEncoder
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
