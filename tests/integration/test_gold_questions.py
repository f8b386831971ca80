"""The gold questions that nothing was tuned on, through the built index: a floor under the quality.

The floors are the measured figures less three points; docs and README hold the figures themselves.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.settings import ROOT, settings
from knowledge.compose import compose
from knowledge.encoder import OnnxEncoder
from knowledge.service import KnowledgeService

pytestmark = pytest.mark.integration

RIGHT_FLOOR = 0.885
DECLINED_FLOOR = 0.81


def rows() -> list[dict[str, Any]]:
    """The untouched split."""
    files: list[Path] = sorted((ROOT / "tests" / "gold").glob("*.jsonl"))
    found = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [row for row in found if row["split"] == "test"]


@pytest.fixture(scope="module")
def replies() -> list[tuple[dict[str, Any], str, bool]]:
    """(row, what the patient reads, whether an entry was given) for each question."""
    chosen = settings()
    search = KnowledgeService(chosen.index_dir, OnnxEncoder(chosen.encoder_dir)).search()
    out = []
    for row in rows():
        known = [u for u in search.understand(row["text"], row["clinic"]) if u.known and not u.off_topic]
        if not known:
            out.append((row, "", False))
            continue
        reply = compose(known, search.clinic(row["clinic"]), "web")
        assert all(clinic == row["clinic"] for clinic, _ in reply.entries), "an entry of another clinic"
        out.append((row, "\n".join(m.text for m in reply.messages), bool(reply.entries)))
    return out


def test_answerable_questions_get_the_fact(replies: list[tuple[dict[str, Any], str, bool]]) -> None:
    asked = [(row, text) for row, text, _ in replies if not row.get("unanswerable")]
    right = sum(all(re.search(p, text, re.I) for p in row["must"]) for row, text in asked)
    print(f"right: {right} of {len(asked)}")
    assert right / len(asked) >= RIGHT_FLOOR


def test_unanswerable_questions_are_declined(replies: list[tuple[dict[str, Any], str, bool]]) -> None:
    asked = [given for row, _, given in replies if row.get("unanswerable")]
    declined = asked.count(False)
    print(f"declined: {declined} of {len(asked)}")
    assert declined / len(asked) >= DECLINED_FLOOR


def test_gold_questions_are_not_the_catalogues_phrasings() -> None:
    from knowledge.load import load
    from knowledge.text import key

    known = {key(p) for q in load(settings().knowledge_dir).questions for p in (*q.phrasings, q.heading)}
    texts = [key(row["text"]) for row in rows()]
    shared = sum(text in known for text in texts)
    print(f"word for word in the catalogue: {shared} of {len(texts)}")
    assert shared / len(texts) <= 0.05
