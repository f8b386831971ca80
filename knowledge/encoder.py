"""The sentence encoder as it serves: all-MiniLM-L6-v2 in ONNX Runtime, without torch.

`knowledge.encoder_export` makes the folder that is read here.
Method: Reimers & Gurevych 2019 (Sentence-BERT), mean pooling and unit length, as the model's card says.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from knowledge.errors import EncoderError

DIMENSIONS = 384
MAX_TOKENS = 128  # a patient's message; longer texts are cut here
MANY = 500  # texts: a build, not a patient's message
PASS = 128  # tokens of the texts that go through together: attention grows with their square
FORMAT = 7  # of the exported folder and its vectors: raise it when either changes

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

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        """Load the exported encoder.

        `threads` is for one forward pass: 1 serves best on two cores that also run the servers.
        Raises EncoderError where the folder is missing, incomplete or of another format.
        """
        if not (folder / "manifest.json").is_file():
            raise EncoderError(f"no encoder in {folder}; run `faqbot build`")
        try:
            self._load(folder, threads)
        except Exception as error:  # onnxruntime and tokenizers share no narrower class
            bad = f"the encoder in {folder} is of another version or damaged ({type(error).__name__})"
            raise EncoderError(f"{bad}; run `faqbot build`") from error

    def _load(self, folder: Path, threads: int) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise ValueError(f"format {manifest['format']}, not {FORMAT}")
        self._fingerprint = str(manifest["fingerprint"])
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # short texts: the arena costs memory and saves no time
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._packs = "mask" in {i.name for i in self._session.get_inputs()}  # int8 alone is made so

    @property
    def fingerprint(self) -> str:
        """Hash of weights, tokenizer and precision."""
        return self._fingerprint

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of the texts, float32, shape (len(texts), DIMENSIONS).

        Few texts, those of one message, go through together, as `passes` says. Many are passed one by one, by as many
        threads as there are processors: no index then depends on which texts were built at once.
        """
        if len(texts) >= MANY:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                return _stacked(pool.map(lambda text: self._forward([self._tokens(text)])[0], texts), len(texts))
        tokens = [self._tokens(text) for text in texts]
        found = (self._forward(tokens[part]) for part in passes([len(t) for t in tokens], PASS if self._packs else 0))
        return np.concatenate([np.zeros((0, DIMENSIONS), dtype=np.float32), *found])

    def _tokens(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text).ids)

    def _forward(self, tokens: Sequence[list[int]]) -> Vectors:
        """The vectors of texts that go through together, one behind the other in one row."""
        lengths = [len(of_text) for of_text in tokens]
        ids = np.concatenate(tokens).astype(np.int64)[None]
        if self._packs:
            owners = np.repeat(np.arange(len(tokens)), lengths)
            mask = (owners[:, None] == owners).astype(np.int32)[None]
            positions = np.concatenate([np.arange(length, dtype=np.int64) for length in lengths])[None]
            feed = {"input_ids": ids, "position_ids": positions, "mask": mask}
        else:
            feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        hidden = self._session.run(None, feed)[0][0]
        summed = np.add.reduceat(hidden, np.cumsum([0, *lengths[:-1]]))
        return np.asarray(summed / np.linalg.norm(summed, axis=1, keepdims=True), dtype=np.float32)


def passes(lengths: Sequence[int], most: int) -> list[slice]:
    """Which texts of these lengths (tokens) go through the encoder together, in their order: at most `most` tokens.

    A longer text goes alone.

    >>> passes([6, 9, 40, 90], 60)
    [slice(0, 3, None), slice(3, 4, None)]
    """
    starts: list[int] = []
    held = 0
    for number, length in enumerate(lengths):
        if not starts or held + length > most:
            starts.append(number)
            held = 0
        held += length
    return [slice(start, end) for start, end in zip(starts, [*starts[1:], len(lengths)], strict=False)]


def _stacked(vectors: Iterable[Vectors], count: int) -> Vectors:
    out = np.zeros((count, DIMENSIONS), dtype=np.float32)
    for row, vector in enumerate(vectors):
        out[row] = vector
    return out
