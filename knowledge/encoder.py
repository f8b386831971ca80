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
PASS = 15  # tokens: so many more cost as much time as a pass of its own, whose weights must come from memory
FORMAT = 5  # of the exported folder and its vectors: raise it when either changes

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
        self._inputs = {i.name for i in self._session.get_inputs()}

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
        out = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for together in passes([len(t) for t in tokens]):
            out[together] = self._forward([tokens[n] for n in together])
        return out

    def _tokens(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text).ids)

    def _forward(self, tokens: Sequence[list[int]]) -> Vectors:
        longest = max(map(len, tokens))
        ids, mask = np.zeros((2, len(tokens), longest), dtype=np.int64)
        for row, found in enumerate(tokens):
            ids[row, : len(found)], mask[row, : len(found)] = found, 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = self._session.run(None, {k: v for k, v in feed.items() if k in self._inputs})[0]
        pooled = [of_text[: len(found)].mean(axis=0) for of_text, found in zip(hidden, tokens, strict=True)]
        return np.asarray([vector / np.linalg.norm(vector) for vector in pooled], dtype=np.float32)


def passes(lengths: Sequence[int]) -> list[list[int]]:
    """Which texts of these lengths (tokens) go through the encoder together: numbers of texts, longest first.

    All of a pass are filled up to its longest; one that would waste more than a pass costs has its own.

    >>> passes([6, 40, 9])
    [[1], [2, 0]]
    """
    out: list[list[int]] = []
    for number in sorted(range(len(lengths)), key=lambda n: -lengths[n]):
        if out and lengths[out[-1][0]] - lengths[number] <= PASS:
            out[-1].append(number)
        else:
            out.append([number])
    return out


def _stacked(vectors: Iterable[Vectors], count: int) -> Vectors:
    out = np.zeros((count, DIMENSIONS), dtype=np.float32)
    for row, vector in enumerate(vectors):
        out[row] = vector
    return out
