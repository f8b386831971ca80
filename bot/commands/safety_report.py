"""`faqbot evaluate --safety`: the figures of the safety screen, into reports/safety.md and .json."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.errors import FaqbotError
from bot.evaluate import offtopic
from bot.evaluate.safety import SafetyRow, among_examples, markdown, read_rows, score
from bot.safety.examples import load_examples
from bot.safety.model import SafetyModel, SafetyModelError
from bot.safety.rules import find
from bot.safety.screen import Verdict, screen
from bot.settings import ROOT, Settings

SETS = ROOT / "tests" / "gold" / "safety"
SPLITS = ("test", "development")
BLIND = {"red team": "redteam.jsonl", "unread": "unread.jsonl"}  # for reporting only
LATER = {"development of later hands": "development.jsonl"}


def run(settings: Settings, off_topic: Path | None, output: Path) -> str:
    """Measure the screen with its built model and write the report; returns the page.

    Raises FaqbotError where the model is not built: the figures of the rules alone would be taken for its.
    """
    try:
        model = SafetyModel(settings.safety_dir)
    except SafetyModelError as error:
        raise FaqbotError(str(error)) from error
    rows = read_rows(SETS / "messages.jsonl")
    blind, later = ({name: read_rows(SETS / file) for name, file in files.items()} for files in (BLIND, LATER))
    sets = {**blind, **{split: [r for r in rows if r.split == split] for split in SPLITS}, **later}

    def verdict(text: str) -> Verdict:
        return screen(text, model)

    figures: dict[str, Any] = {
        "splits": {name: score(kept, verdict) for name, kept in sets.items()},
        "learned from": {name: among_examples(kept, load_examples()) for name, kept in sets.items()},
        "median_ms": _median([r.text for r in rows], verdict),
        "rules_ms": _median([r.text for r in rows], find),
    }
    if off_topic:
        requests = [SafetyRow(str(i), "off_topic", "en", "", t, "") for i, t in enumerate(offtopic.read(off_topic))]
        figures["everyday"] = score(requests, verdict)["kinds"]["off_topic"]
    output.mkdir(parents=True, exist_ok=True)
    (output / "safety.json").write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    page = markdown(figures)
    (output / "safety.md").write_text(page, encoding="utf-8")
    return page


def _median(texts: Sequence[str], work: Any) -> float:
    took = []
    for text in texts:
        began = time.perf_counter()
        work(text)
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)
