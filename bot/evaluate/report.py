"""Everything measured in one JSON object: sorted, rounded, the same from the same seed and data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bot.evaluate.ablation import difference
from bot.evaluate.curves import calibration_error, reliability, risk_coverage
from bot.evaluate.gold import SPLITS, GoldRow
from bot.evaluate.metrics import per_query
from bot.evaluate.outcomes import Judged
from bot.evaluate.rankings import Ranking, queries
from bot.evaluate.scores import grouped, means, rounded, summarise

FILE = "evaluation.json"
ASSISTANT = "assistant"
ALONE = "search alone"
PACKAGES = ("rasa", "numpy", "scipy", "faiss-cpu", "onnxruntime", "scikit-learn", "bm25s", "spacy", "symspellpy")
NO_TOPIC = "not in the catalogue"

Report = dict[str, Any]


@dataclass(frozen=True)
class Material:
    """What was measured, all by gold row in the same order.

    `systems` holds the judged replies of each system, `assistant` (both servers) and `search alone` among them;
    `eager` the replies that the curves are drawn from (no threshold, with scores); `rankings` the ranked questions
    of each part of each message; `confidences` the (row, confidence, right) of each question understood;
    `ablations` the judged replies of the search without a part, over the rows of `ablated`.
    `topics` names the topic of each row by its id. `promise` is that of the threshold (`knowledge.thresholds`).
    """

    rows: Sequence[GoldRow]
    topics: Mapping[str, str]
    systems: Mapping[str, Sequence[Judged]]
    rankings: Mapping[str, Sequence[Sequence[Ranking]]]
    eager: Mapping[str, Sequence[Judged]]
    confidences: Sequence[tuple[GoldRow, float, bool]]
    ablated: Sequence[Judged]
    ablations: Mapping[str, Sequence[Judged]]
    off_topic: Mapping[str, Any] | None = None
    nlu: Mapping[str, Any] | None = None
    promise: Mapping[str, Any] | None = None


def make(
    material: Material, *, split: str, seed: int, gold_hash: str, built: Mapping[str, str], draws: int, quick: bool
) -> Report:
    """The report, `split` in front. `built` names what was measured: index, encoder, model."""
    at = [row.split == split for row in material.rows]
    first = ASSISTANT if ASSISTANT in material.systems else ALONE
    headline = _pick(material.systems[first], at)
    keys = {
        "clinic": lambda row: row.clinic,
        "style": lambda row: row.style,
        "topic": lambda row: material.topics.get(row.id, NO_TOPIC),
    }
    report = {
        "about": {
            "systems": list(material.systems),
            "split": split,
            "seed": seed,
            "draws": draws,
            "quick": quick,
            "gold": {
                "sha256": gold_hash,
                "rows": len(material.rows),
                "splits": dict(Counter(row.split for row in material.rows)),
            },
            "built": dict(built),
            "versions": {name: version(name) for name in (*PACKAGES, "pytrec-eval-terrier")},
            "first": first,
        },
        "systems": {
            name: {
                "headline": summarise(_pick(judged, at), seed=seed, draws=draws),
                "seen": summarise(_pick(judged, [not a for a in at]), seed=seed, draws=draws),
            }
            for name, judged in material.systems.items()
        },
        "by": {name: grouped(headline, key, seed=seed, draws=draws) for name, key in keys.items()},
        "ranking": _ranking(material, at, seed, draws),
        "curves": _curves(material, at),
        "ablation": _ablation(material, seed, draws),
        "off_topic": material.off_topic,
        "nlu": material.nlu,
        "promise": material.promise,
    }
    return dict(json.loads(as_text(report)))  # as it is read again: the same order, no tuples


def as_text(report: Report) -> str:
    """The report as the file holds it."""
    return json.dumps(report, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def write(report: Report, folder: Path) -> Path:
    """Write the report to `folder`; returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    path.write_text(as_text(report), encoding="utf-8")
    return path


def _pick(judged: Sequence[Judged], at: Sequence[bool]) -> list[Judged]:
    return [j for j, inside in zip(judged, at, strict=True) if inside]


def _ranking(material: Material, at: Sequence[bool], seed: int, draws: int) -> Report:
    rows = [row for row, inside in zip(material.rows, at, strict=True) if inside]
    out: Report = {"systems": {}, "queries": 0, "unlabelled": 0}
    for name, rankings in material.rankings.items():
        asked = queries(rows, [r for r, inside in zip(rankings, at, strict=True) if inside])
        values = per_query(asked.rankings, asked.relevant)
        out["systems"][name] = means(values, asked.rows, seed=seed, draws=draws)
        out["queries"], out["unlabelled"] = len(asked.rows), asked.unlabelled
    return out


def _curves(material: Material, at: Sequence[bool]) -> Report:
    curves: Report = {}
    for name, judged in material.eager.items():
        inside = _pick(judged, at)
        given = [j for j in inside if j.given]
        found = risk_coverage(
            [j.reply.score for j in given], [j.outcome == "right" for j in given], messages=len(inside)
        )
        curves[name] = {
            "area": rounded(found.area),
            "coverage": [rounded(c) for c in found.coverage],
            "risk": [rounded(r) for r in found.risk],
        }
    split = {row.id for row, inside in zip(material.rows, at, strict=True) if inside}
    pairs = [(confidence, right) for row, confidence, right in material.confidences if row.id in split]
    bins = reliability([c for c, _ in pairs], [r for _, r in pairs])
    return {
        "risk_coverage": curves,
        "reliability": {
            "bins": [{k: rounded(v) if isinstance(v, float) else v for k, v in vars(b).items()} for b in bins],
            "error": rounded(calibration_error(bins)),
            "questions": len(pairs),
        },
    }


def _ablation(material: Material, seed: int, draws: int) -> Report:
    present = {j.row.split for j in material.ablated}
    return {
        "splits": [s for s in SPLITS if s in present],
        "parts": {
            name: difference(material.ablated, judged, seed=seed, draws=draws)
            for name, judged in material.ablations.items()
        },
    }
