"""A text as hashed words, word pairs and character n-grams: what a linear model sees beside the sentence vector.

Character n-grams inside words keep misspelt and Spanish messages near their kind (fastText's idea: Bojanowski
et al. 2017); hashing (Weinberger et al. 2009) needs no vocabulary to store.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

BUCKETS = 1 << 16
SIZES = (3, 4, 5)


def hashed(words: list[str]) -> npt.NDArray[np.int64]:
    """Buckets of the n-grams of normalised words, sorted, each once; shape (n,), values below BUCKETS.

    >>> len(hashed(["hello"])) > 5
    True
    """
    found = {zlib.crc32(gram.encode()) % BUCKETS for gram in _grams(words)}
    return np.fromiter(sorted(found), dtype=np.int64, count=len(found))


def _grams(words: list[str]) -> Iterator[str]:
    for word in words:
        yield f"w {word}"
        padded = f"<{word}>"
        for size in SIZES:
            for start in range(len(padded) - size + 1):
                yield padded[start : start + size]
    for first, second in pairwise(words):
        yield f"p {first} {second}"
    for first, second, third in zip(words, words[1:], words[2:], strict=False):
        yield f"t {first} {second} {third}"
