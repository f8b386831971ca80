"""The few numbers that decide between an answer and none: `knowledge/thresholds.yml`."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.errors import KnowledgeError

FILE = Path(__file__).with_name("thresholds.yml")


@dataclass(frozen=True)
class Thresholds:
    """Confidence is a logistic function of four features; below `understood` nothing was understood."""

    understood: float
    intercept: float
    nearest: float
    margin: float
    learned: float
    cover: float

    def confidence(self, *, nearest: float, margin: float, learned: float, cover: float) -> float:
        """How sure the best question is meant, 0 to 1.

        `nearest`: cosine of its nearest phrasing; `margin`: its fused score less the second's, in standard
        deviations; `learned`: its probability by the classifier; `cover`: the share of the asked words, by rarity,
        that its phrasings know (`LexicalIndex.cover`).
        """
        z = self.intercept + self.nearest * nearest + self.margin * margin
        z += self.learned * learned + self.cover * cover
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))

    @classmethod
    def load(cls, path: Path = FILE) -> Thresholds:
        """Read the file. Raises KnowledgeError where a number is missing or unknown."""
        return _load(path)


@cache
def _load(path: Path) -> Thresholds:
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise KnowledgeError(f"{path}: no YAML ({error})") from error
    names = {f.name for f in fields(Thresholds)}
    if not isinstance(data, dict) or set(data) != names or not all(isinstance(v, (int, float)) for v in data.values()):
        raise KnowledgeError(f"{path}: needs exactly these numbers: {', '.join(sorted(names))}")
    return Thresholds(**{name: float(data[name]) for name in names})
