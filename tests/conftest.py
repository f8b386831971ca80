"""Shared by all tests: a small FAQ, and an encoder that needs no weights.

The network is blocked but for loopback by pytest-socket: see `addopts` in pyproject.toml.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge.encoder import DIMENSIONS, Vectors
from knowledge.text import terms

CATALOGUE = {
    "preparation": {
        "stop-eating": (
            "How long before my infusion do I stop eating?",
            "how long to stop eating before an infusion",
        ),
        "what-to-wear": ("What should I wear to my infusion?", "what to wear to an infusion"),
    },
    "cost": {"price": ("How much does one infusion cost?", "how much one infusion costs")},
}
PHRASINGS = {
    "stop-eating": ["when do i stop eating", "fasting hours before infusion", "last meal before treatment"],
    "what-to-wear": ["which clothes to wear", "do i wear short sleeves", "outfit for the day"],
    "price": ["price of an infusion", "how much money per infusion", "what does it cost"],
}


class WordEncoder:
    """Unit vectors from the stems of a text: texts that share words are near each other. Deterministic."""

    fingerprint = "words-1"

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (texts, DIMENSIONS)."""
        self.encoded += texts
        out = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in enumerate(texts):
            for term in terms(text) or [text]:
                seed = int.from_bytes(hashlib.sha256(term.encode()).digest()[:4], "big")
                out[row] += np.random.default_rng(seed).standard_normal(DIMENSIONS).astype(np.float32)
        return out / np.linalg.norm(out, axis=1, keepdims=True)


@pytest.fixture
def encoder() -> WordEncoder:
    """An encoder without weights."""
    return WordEncoder()


def answer_block(entry: str, questions: str, text: str, sms: str, *, reviewed: str = "2026-11-01") -> str:
    """An answer as staff write it."""
    return (
        f"\n## Title of {entry} {{#{entry}}}\n- questions: {questions}\n- source: FAQ\n- reviewed: {reviewed}\n"
        f"- reviewer: example\n- sms: {sms}\n\n{text}\n"
    )


def write_clinic(root: Path, clinic: str, answers: dict[str, list[str]], *, name: str | None = None) -> None:
    """Write a clinic's folder: topic -> blocks of answers."""
    folder = root / "clinics" / clinic
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "clinic.yml").write_text(
        f"id: {clinic}\nname: {name or clinic.title()}\nshort_name: {clinic[:20]}\nabout: example\n"
        "page: example\ntimezone: null\nnotes: []\n",
        encoding="utf-8",
    )
    for topic, blocks in answers.items():
        text = f"---\nclinic: {clinic}\ntopic: {topic}\n---\n" + "".join(blocks)
        (folder / f"{topic}.md").write_text(text, encoding="utf-8")


@pytest.fixture
def faq(tmp_path: Path) -> Path:
    """A knowledge folder: three questions, clinics `north` (6 hours) and `south` (4 hours, no price)."""
    root = tmp_path / "knowledge"
    (root / "questions").mkdir(parents=True)
    for topic, questions in CATALOGUE.items():
        text = f"---\ntopic: {topic}\n---\n"
        for identifier, (heading, clause) in questions.items():
            bullets = "".join(f"- {p}\n" for p in PHRASINGS[identifier])
            bullets += "".join(f"- {identifier} in other words {n}\n" for n in range(12))
            text += f"\n## {heading} {{#{identifier}}}\n\nClause: {clause}\n\n{bullets}"
        (root / "questions" / f"{topic}.md").write_text(text, encoding="utf-8")
    eat = "Stop eating {} hours before your infusion."
    write_clinic(
        root,
        "north",
        {
            "preparation": [
                answer_block("stop", "stop-eating", eat.format(6), eat.format(6)),
                answer_block("wear", "what-to-wear", "Wear short sleeves.", "Wear short sleeves."),
            ],
            "cost": [answer_block("price", "price", "One infusion costs $400.", "One infusion costs $400.")],
        },
        name="North Clinic",
    )
    write_clinic(
        root,
        "south",
        {"preparation": [answer_block("stop", "stop-eating", eat.format(4), eat.format(4))]},
        name="South Clinic",
    )
    return root
