"""Build the safety model's folder, where something that it is made from has changed. Build time only."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bot.safety.examples import FOLDER, load_examples
from bot.safety.model import FORMAT, SafetyModel, SafetyModelError

# The code whose change changes the model.
CODE = ("examples.py", "ngrams.py", "segments.py", "training/*.py")


def fingerprint(weights_hash: str, folder: Path = FOLDER) -> str:
    """Hash of the examples, the code that trains on them, and the weights that are tuned."""
    digest = hashlib.sha256(f"{FORMAT} {weights_hash}".encode())
    here = Path(__file__).parent
    for path in [*sorted(folder.glob("*.txt")), *(p for name in CODE for p in sorted(here.glob(name)))]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def build(
    target: Path,
    weights: Path,
    weights_hash: str,
    compress: Callable[[Path], None],
    progress: Callable[[str], None],
    *,
    force: bool = False,
) -> bool:
    """Train into `target`, unless it is there already and loads; returns whether it was trained.

    `weights` is the folder of all-MiniLM-L6-v2 (config.json, model.safetensors, tokenizer.json), `weights_hash`
    its hash; `compress` makes a network's file small, in its place. The folder appears whole or not at all. Raises
    ValueError where an example file has faults.
    """
    from bot.safety.training.labels import labelled
    from bot.safety.training.linear import train_linear
    from bot.safety.training.network import train_network

    wanted = fingerprint(weights_hash)
    if not force and _made_from(target) == wanted:
        return False
    rows = labelled(load_examples())
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        made = Path(scratch) / "safety"
        made.mkdir()
        coefficients, bias = train_linear(rows)
        np.savez(made / "linear.npz", weights=coefficients.astype(np.float16), bias=bias)
        train_network(rows, weights, made, progress)
        compress(made / "model.onnx")
        details = {"format": FORMAT, "fingerprint": wanted, "messages": len(rows)}
        (made / "manifest.json").write_text(json.dumps(details, indent=1), encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)
    return True


def _made_from(target: Path) -> str:
    """The fingerprint of a model that is there and loads, or ""."""
    try:
        return SafetyModel(target).fingerprint
    except SafetyModelError:
        return ""
