"""Import a library without the heavy ones that it would pull in merely because they are installed.

spaCy's thinc imports torch (500 MB of memory, seconds of start-up) and bm25s imports jax when they find
them. Both run without, as they do in a serving image that has neither.
"""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

HEAVY = ("torch", "tensorflow", "jax", "mxnet", "cupy", "numba", "h5py")


@contextmanager
def hidden(*names: str) -> Iterator[None]:
    """Make `import name` fail inside the block, for modules that are not imported yet."""
    absent = [name for name in names if name not in sys.modules]
    for name in absent:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


def lean_import(name: str) -> ModuleType:
    """`import name` with the heavy libraries hidden. Raises ImportError where `name` itself is missing.

    What it logs is for us to decide: bm25s sets its own level to DEBUG.
    """
    with hidden(*HEAVY):
        module = importlib.import_module(name)
    logging.getLogger(name).setLevel(logging.NOTSET)
    return module
