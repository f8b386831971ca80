"""The trained model refuses a folder that is not what the build made, and then the rules decide alone."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bot import screening
from bot.safety.model import FILES, FORMAT, SafetyModel, SafetyModelError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with every file, the model among them no model."""
    (tmp_path / "manifest.json").write_text(json.dumps({"format": FORMAT, "fingerprint": "abc"}), encoding="utf-8")
    np.savez(tmp_path / "linear.npz", weights=np.zeros((2, 2)), bias=np.zeros(2))
    (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")
    (tmp_path / "model.onnx").write_bytes(b"no model")
    return tmp_path


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named_with_the_mend(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(SafetyModelError, match=f"{name} missing in .*run `faqbot build`"):
        SafetyModel(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_an_error_with_the_mend(folder: Path, name: str) -> None:
    (folder / name).write_bytes((folder / name).read_bytes()[:3])
    with pytest.raises(SafetyModelError, match=f"{folder.name}.*damaged.*run `faqbot build`"):
        SafetyModel(folder)


def test_another_format_is_an_error_with_the_mend(folder: Path) -> None:
    (folder / "manifest.json").write_text(json.dumps({"format": FORMAT + 1}), encoding="utf-8")
    with pytest.raises(SafetyModelError, match="another version; run `faqbot build`"):
        SafetyModel(folder)


def test_with_a_damaged_model_the_rules_decide_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screening, "SafetyModel", lambda _: SafetyModel(folder))
    screening.safety_model.cache_clear()
    screening.screened.cache_clear()
    try:
        assert screening.screened("i want to die").help_first
        assert not screening.screened("how much is it?").help_first
    finally:
        screening.safety_model.cache_clear()
        screening.screened.cache_clear()
