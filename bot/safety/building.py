"""Build the safety model's folder, where something that it is made from has changed. Build time only."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.safety.examples import FOLDER, load_examples
from bot.safety.model import FORMAT, MAX_TOKENS, SafetyModel, SafetyModelError
from bot.safety.training.labels import Labelled

# The code whose change changes the model.
CODE = ("examples.py", "ngrams.py", "segments.py", "training/*.py")
SHOWN = 1_500  # messages that the ranges of the network's activations are measured on

Feed = Mapping[str, npt.NDArray[np.int64]]  # the inputs of one pass through the network


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
    compress: Callable[[Path, Iterable[Feed]], None],
    progress: Callable[[str], None],
    *,
    force: bool = False,
) -> bool:
    """Train into `target`, unless it is there already and loads; returns whether it was trained.

    `weights` is the folder of all-MiniLM-L6-v2 (config.json, model.safetensors, tokenizer.json), `weights_hash`
    its hash; `compress` makes a network's file small, in its place, fit for such passes as it is shown. The folder
    appears whole or not at all. Raises ValueError where an example file has faults.
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
        compress(made / "model.onnx", _passes(rows, made / "tokenizer.json"))
        details = {"format": FORMAT, "fingerprint": wanted, "messages": len(rows)}
        (made / "manifest.json").write_text(json.dumps(details, indent=1), encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)
    return True


def _passes(rows: Sequence[Labelled], tokenizer: Path) -> Iterator[Feed]:
    """The passes of SHOWN messages, evenly drawn from all."""
    from tokenizers import Tokenizer

    reader = Tokenizer.from_file(str(tokenizer))
    reader.enable_truncation(MAX_TOKENS)
    reader.no_padding()
    for row in rows[:: max(1, len(rows) // SHOWN)]:
        ids = reader.encode(row.text).ids
        yield {"input_ids": np.array([ids]), "attention_mask": np.ones((1, len(ids)), dtype=np.int64)}


def _made_from(target: Path) -> str:
    """The fingerprint of a model that is there and loads, or ""."""
    try:
        return SafetyModel(target).fingerprint
    except SafetyModelError:
        return ""
