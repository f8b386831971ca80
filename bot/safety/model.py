"""The trained half of the safety screen as it serves: a tuned encoder by ONNX Runtime and a linear model.

`bot.safety.building` makes the folder that is read here. Serving needs neither torch nor scikit-learn.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.safety.examples import DANGERS, NONE, TRAITS
from bot.safety.ngrams import hashed
from bot.safety.segments import normalise

FORMAT = 5  # of the folder: raise it when a file's form changes
MAX_TOKENS = 96
FILES = ("model.onnx", "tokenizer.json", "linear.npz", "manifest.json")

Scores = npt.NDArray[np.float32]

# The network's share in a trait's log-odds; the n-grams' is the rest. Off the topic: by the area under the ROC curve on
# development (docs/decisions.md).
SHARES = {"off_topic": 2 / 3}
TRAIT_SHARES = np.array([SHARES.get(trait, 0.5) for trait in TRAITS], dtype=np.float32)


class SafetyModelError(Exception):
    """The trained model is missing, incomplete or of another format."""


@dataclass(frozen=True)
class Estimate:
    """What the model makes of one text. All values are log-odds but `kinds`, which are probabilities that sum to 1."""

    network: float  # that there is any danger, by the tuned encoder
    linear: float  # the same by the n-grams
    kinds: dict[str, float]  # which danger, if there is one
    traits: dict[str, float]  # medical_advice, personal_data, insult, off_topic


class SafetyModel:
    """Estimates the danger in a text; about 1.5 ms a text on one core. `fingerprint`: of what it was trained from."""

    def __init__(self, folder: Path) -> None:
        """Load what `faqbot build` made. Raises SafetyModelError naming what is wrong and the mend."""
        missing = [name for name in FILES if not (folder / name).is_file()]
        if missing:
            raise SafetyModelError(f"{', '.join(missing)} missing in {folder}; run `faqbot build`")
        try:
            self._load(folder)
        except SafetyModelError:
            raise
        except Exception as error:  # onnxruntime, tokenizers and zipfile share no narrower class
            kind = type(error).__name__
            raise SafetyModelError(f"the safety model in {folder} is damaged ({kind}); run `faqbot build`") from error

    def _load(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        manifest: Any = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise SafetyModelError(f"the safety model in {folder} is of another version; run `faqbot build`")
        self.fingerprint = str(manifest["fingerprint"])
        with np.load(folder / "linear.npz", allow_pickle=False) as data:
            self._weights, self._bias = data["weights"].astype(np.float32), data["bias"].astype(np.float32)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def estimate(self, text: str) -> Estimate:
        """The estimate for one text, read as one piece (at most MAX_TOKENS tokens of it by the encoder)."""
        return self.estimates([text], [self.glance(text)])[0]

    def estimates(self, texts: Sequence[str], glanced: Sequence[Scores]) -> list[Estimate]:
        """The estimates for texts of about one length, in one pass; `glanced` is what `glance` made of each."""
        return [_estimate(logits, linear) for logits, linear in zip(self._logits(texts), glanced, strict=True)]

    def glance(self, text: str) -> Scores:
        """Log-odds by the n-grams alone, a tenth of a millisecond: of any danger, of each danger, of each trait."""
        found = hashed(normalise(text).split())
        if not len(found):
            return np.asarray(self._bias, dtype=np.float32)
        return np.asarray(self._weights[:, found].sum(axis=1) * (2 / len(found) ** 0.5) + self._bias, dtype=np.float32)

    def _logits(self, texts: Sequence[str]) -> Scores:
        if not texts:
            return np.zeros((0, 1 + len(DANGERS) + len(TRAITS)), dtype=np.float32)
        tokens = [self._tokenizer.encode(text).ids for text in texts]
        ids, mask = np.zeros((2, len(tokens), max(map(len, tokens))), dtype=np.int64)
        for row, found in enumerate(tokens):
            ids[row, : len(found)], mask[row, : len(found)] = found, 1
        return np.asarray(self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0], dtype=np.float32)


def _estimate(logits: Scores, linear: Scores) -> Estimate:
    dangers, traits = logits[: len(DANGERS) + 1], logits[len(DANGERS) + 1 :]
    network = float(_log_sum(dangers[1:]) - dangers[0])
    kinds = dangers[1:] + linear[1 : len(DANGERS) + 1]
    kinds = np.exp(kinds - _log_sum(kinds))
    both = TRAIT_SHARES * traits + (1 - TRAIT_SHARES) * linear[len(DANGERS) + 1 :]
    return Estimate(
        network,
        float(linear[0]),
        {kind: float(p) for kind, p in zip(DANGERS, kinds, strict=True)},
        {trait: float(score) for trait, score in zip(TRAITS, both, strict=True)},
    )


def _log_sum(values: Scores) -> float:
    top = values.max()
    return float(top + np.log(np.exp(values - top).sum()))


__all__ = ["DANGERS", "FORMAT", "NONE", "TRAITS", "Estimate", "SafetyModel", "SafetyModelError"]
