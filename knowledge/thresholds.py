"""The numbers that decide between an answer and none: `knowledge/thresholds.yml`, written by `faqbot calibrate`."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.errors import KnowledgeError

FILE = Path(__file__).with_name("thresholds.yml")


@dataclass(frozen=True)
class Features:
    """What the confidence in the best question rests on.

    `nearest`: cosine of its nearest phrasing; `margin`: its fused score less the second's, in standard
    deviations; `learned`: its probability by the classifier; `cover`: the share of the asked words, by rarity,
    that its phrasings know (`LexicalIndex.cover`); `agreement`: the share of the single rankings (nearest
    phrasings, classifier, word classifier) that put it first; `on_topic` and `on_topic_words`: how much better the
    best question on the topic does than the best off-topic one, by the classifier (log-odds) and by words; `mass`: how
    likely the best question, or one with the same answer at this clinic, is the one asked (`ranking.probabilities`).
    """

    nearest: float
    margin: float
    learned: float
    cover: float
    agreement: float
    on_topic: float
    on_topic_words: float
    mass: float = 0.0


NAMES = tuple(f.name for f in fields(Features))


@dataclass(frozen=True)
class Promise:
    """What was promised for `sure`, and on what: see `knowledge.calibration`.

    With probability `confidence` at most the share `risk` of the answers given are wrong, for questions drawn
    like the calibration ones (SHA-256 in `data`), of which `answered` were answered and `wrong` wrongly.
    """

    risk: float
    confidence: float
    answered: int
    wrong: int
    p_value: float
    data: str


@dataclass(frozen=True)
class Thresholds:
    """Confidence is a logistic function of the features.

    From `sure` an answer is given plainly; from `understood` a question counts as understood, and its answer says
    which question it takes for asked; from `plausible` it is worth asking back.
    """

    sure: float
    understood: float
    plausible: float
    intercept: float
    weights: Features
    promise: Promise | None = None

    def confidence(self, features: Features) -> float:
        """How sure the best question is meant, 0 to 1."""
        z = self.intercept + sum(getattr(self.weights, n) * getattr(features, n) for n in NAMES)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))

    @classmethod
    def load(cls, path: Path = FILE) -> Thresholds:
        """Read the file. Raises KnowledgeError where a number is missing or unknown."""
        return _load(path)

    def save(self, path: Path = FILE) -> None:
        """Write the file, with the words that explain it."""
        data: dict[str, Any] = asdict(self)
        path.write_text(_HEAD + yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
        _load.cache_clear()


_HEAD = """\
# When is a question understood? Written by `faqbot calibrate`; see knowledge/thresholds.py and docs/evaluation.md.
# A higher `understood` gives fewer wrong answers and more "not understood". The promise holds for `sure` only.
"""


@cache
def _load(path: Path) -> Thresholds:
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        promise = data.pop("promise", None)
        weights = Features(**{n: float(v) for n, v in data.pop("weights").items()})
        numbers = {n: float(v) for n, v in data.items()}
        return Thresholds(**numbers, weights=weights, promise=Promise(**promise) if promise else None)
    except yaml.YAMLError as error:
        raise KnowledgeError(f"{path}: no YAML ({error})") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        wanted = f"sure, understood, plausible, intercept, weights ({', '.join(NAMES)}) and promise"
        raise KnowledgeError(f"{path}: needs just these numbers: {wanted} ({error}); run `faqbot calibrate`") from error
