"""What was made of the last texts: one turn asks for the same several times, and a vector may be handed in."""

from __future__ import annotations

import base64
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

import numpy as np

from knowledge.encoder import DIMENSIONS, Encoder, Vectors

KEPT = 64  # texts: some turns at once, not a store of what patients wrote

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """The last `kept` things, by their keys. Safe to share between threads."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._known: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """What was put under `key` lately, or None."""
        with self._lock:
            return self._known.get(key)

    def put(self, key: K, value: V) -> V:
        """Keep `value`, and give it back; the oldest goes where there are too many."""
        with self._lock:
            self._known[key] = value
            self._known.move_to_end(key)
            while len(self._known) > self._kept:
                self._known.popitem(last=False)
        return value

    def made(self, key: K, make: Callable[[], V]) -> V:
        """What was put under `key` lately, or else what `make` makes now (never None); kept."""
        known = self.get(key)
        return self.put(key, make()) if known is None else known


def pack(vector: Vectors, fingerprint: str) -> dict[str, str]:
    """A vector as text that another process can take, with the fingerprint of its encoder."""
    return {"encoder": fingerprint, "numbers": base64.b64encode(vector.astype("<f4").tobytes()).decode()}


def unpack(packed: Mapping[str, str], fingerprint: str) -> Vectors | None:
    """The vector out of `pack`'s form, where it is whole and of the encoder with that fingerprint; else None.

    >>> unpack(pack(np.ones(DIMENSIONS, dtype=np.float32), "a"), "b") is None
    True
    """
    if packed.get("encoder") != fingerprint:
        return None
    try:
        vector = np.frombuffer(base64.b64decode(packed["numbers"]), dtype="<f4").astype(np.float32)
    except (KeyError, TypeError, ValueError):
        return None  # it came over the network: without it the text is encoded again
    return vector if vector.shape == (DIMENSIONS,) and bool(np.isfinite(vector).all()) else None


class RecentEncoder:
    """Gives the vectors of the last texts again without encoding them. Safe to share between threads."""

    def __init__(self, encoder: Encoder, *, kept: int = KEPT) -> None:
        self._encoder = encoder
        self._known: Recent[str, Vectors] = Recent(kept)

    @property
    def fingerprint(self) -> str:
        """That of the encoder behind."""
        return self._encoder.fingerprint

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of the texts, shape (len(texts), DIMENSIONS); the encoder gets the unknown ones in one call."""
        found = {text: self._known.get(text) for text in texts}
        unknown = [text for text, vector in found.items() if vector is None]
        for text, vector in zip(unknown, self._encoder.encode(unknown) if unknown else (), strict=True):
            found[text] = self._known.put(text, vector)
        out = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in enumerate(texts):
            out[row] = found[text]
        return out

    def known(self, text: str) -> Vectors | None:
        """The vector of a text that was encoded or given lately, or None."""
        return self._known.get(text)

    def give(self, text: str, vector: Vectors) -> None:
        """Hand in the vector of a text, as this very encoder made it elsewhere."""
        self._known.put(text, vector)
