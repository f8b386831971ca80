"""The sentence encoder as it serves: all-MiniLM-L6-v2 in ONNX Runtime, without torch.

`knowledge.encoder_export` makes the folder that is read here.
Method: Reimers & Gurevych 2019 (Sentence-BERT), mean pooling and unit length, as the model's card says.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from knowledge.errors import EncoderError

DIMENSIONS = 384
MAX_TOKENS = 128  # a patient's message; longer texts are cut here
FORMAT = 2  # of the exported folder: raise it when the export changes

Vectors = npt.NDArray[np.float32]


class Encoder(Protocol):
    """Anything that turns texts into unit vectors of shape (texts, DIMENSIONS)."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text may get another vector."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of the texts, float32, in their order."""


class OnnxEncoder:
    """all-MiniLM-L6-v2 by ONNX Runtime.

    >>> OnnxEncoder(Path("build/encoder")).encode(["how much is it?"]).shape  # doctest: +SKIP
    (1, 384)
    """

    def __init__(self, folder: Path, *, threads: int = 1, batch: int = 64) -> None:
        """Load the exported encoder.

        `threads` is for one forward pass: 1 serves best on two cores that also run the servers.
        Raises EncoderError where the folder is missing, incomplete or of another format.
        """
        import onnxruntime
        from tokenizers import Tokenizer

        manifest = folder / "manifest.json"
        if not manifest.is_file():
            raise EncoderError(f"no encoder in {folder}; run `faqbot build`")
        bad = f"the encoder in {folder} is of another version or damaged; run `faqbot build`"
        try:
            data = json.loads(manifest.read_text(encoding="utf-8"))
        except ValueError as error:
            raise EncoderError(bad) from error
        if data.get("format") != FORMAT or not (folder / "model.onnx").is_file():
            raise EncoderError(bad)
        self._fingerprint = str(data["fingerprint"])
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:
            raise EncoderError(bad) from error
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # short texts: the arena costs memory and saves no time
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {i.name for i in self._session.get_inputs()}
        self._batch = batch

    @property
    def fingerprint(self) -> str:
        """Hash of weights, tokenizer and precision."""
        return self._fingerprint

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of the texts, float32, shape (len(texts), DIMENSIONS)."""
        out = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))  # alike lengths: little padding
        for start in range(0, len(order), self._batch):
            chunk = order[start : start + self._batch]
            out[chunk] = self._forward([texts[i] for i in chunk])
        return out

    def _forward(self, texts: list[str]) -> Vectors:
        encoded = self._tokenizer.encode_batch(texts)
        mask = np.array([e.attention_mask for e in encoded], dtype=np.int64)
        feed = {
            "input_ids": np.array([e.ids for e in encoded], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        hidden = self._session.run(None, {k: v for k, v in feed.items() if k in self._inputs})[0]
        weights = mask[:, :, None].astype(np.float32)
        pooled = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
        return np.asarray(pooled / np.linalg.norm(pooled, axis=1, keepdims=True), dtype=np.float32)
