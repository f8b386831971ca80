"""For the tests of the evaluation: gold rows and a small bench."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.evaluate.gold import GoldRow
from bot.evaluate.run import Bench
from knowledge.encoder import Encoder
from knowledge.index import build
from knowledge.load import load

MakeRow = Callable[..., GoldRow]


@pytest.fixture
def make_row() -> MakeRow:
    """Makes a gold row; what is not named is usual."""

    def make(identifier: str = "n-1", **fields: object) -> GoldRow:
        usual: dict[str, object] = {
            "clinic": "north",
            "style": "plain",
            "split": "test",
            "text": "when do i stop eating",
            "facts": (f"fact of {identifier}",),
            "must": ("6",),
            "questions": (("stop-eating",),),
            "unanswerable": False,
        }
        return GoldRow(id=identifier, **{**usual, **fields})  # type: ignore[arg-type]

    return make


@pytest.fixture
def bench(faq: Path, encoder: Encoder) -> Bench:
    """The small FAQ with the clinics `north` and `south`, indexed in memory."""
    return Bench(build(load(faq), encoder), encoder, lambda stage, done, total: None)
