"""`faqbot evaluate --faq`: how well the retrieval layer finds the class of a question in any FAQ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.evaluate.known import Labelled
from bot.evaluate.metrics import DEPTH, means
from bot.evaluate.nearest import NearestKnown
from bot.evaluate.scores import rounded
from knowledge.encoder import Encoder
from knowledge.index import build
from knowledge.model import Clinic, Knowledge, Place, Question
from knowledge.ranking import Weights, combine, gather
from knowledge.text import clean

OURS = "our search"
NOWHERE = Place("generic", 1)
NOBODY = Clinic("none", "None", "None", "", "", None, (), (), NOWHERE)  # an FAQ without clinics: no answers to search

Ranker = Callable[[str], list[str]]


def evaluate(
    known: Sequence[Labelled], asked: Sequence[Labelled], encoder: Encoder, *, done: Callable[[], None]
) -> dict[str, Any]:
    """Accuracy@1, recall@3, MRR@10 and nDCG@10 of our search and of the two nearest-neighbour baselines.

    A question whose class no known question has counts as a miss; `unknown_classes` counts those. `done` is
    called after each question.
    """
    texts = [k.text for k in known]
    labels = [k.classes[0] for k in known]
    nearest = NearestKnown(texts, labels, encoder)
    search = ours(known, encoder)
    found: dict[str, list[list[str]]] = {OURS: [], "BM25 nearest": [], "encoder nearest": []}
    for question in asked:
        found[OURS].append(search(question.text))
        found["BM25 nearest"].append([label for label, _ in nearest.by_bm25(question.text)])
        found["encoder nearest"].append([label for label, _ in nearest.by_encoder(question.text)])
        done()
    relevant = [frozenset(q.classes) for q in asked]
    return {
        "known": len(known),
        "classes": len(set(labels)),
        "questions": len(asked),
        "unknown_classes": sum(not r & set(labels) for r in relevant),
        "systems": {name: _figures(rankings, relevant) for name, rankings in found.items()},
    }


def ours(known: Sequence[Labelled], encoder: Encoder) -> Ranker:
    """The retrieval layer over the known questions, as it ranks the catalogue; returns the ranked classes."""
    index = build(knowledge_of(known), encoder)
    allowed = np.ones(len(index.questions), dtype=np.bool_)

    def rank(text: str) -> list[str]:
        prepared = index.speller.correct(clean(text))
        evidence = gather(index, NOBODY, prepared, encoder.encode([prepared])[0])
        scores = combine(evidence, Weights(), allowed)
        return [index.questions[i].id for i in np.argsort(-scores, kind="stable")[:DEPTH]]

    return rank


def knowledge_of(known: Sequence[Labelled]) -> Knowledge:
    """A catalogue with one question a class: its first known question as heading, the others as phrasings."""
    by_class: dict[str, list[str]] = {}
    for item in known:
        by_class.setdefault(item.classes[0], []).append(item.text)
    questions = tuple(
        Question(label, "generic", heading=texts[0], clause=texts[0], phrasings=tuple(texts[1:]), place=NOWHERE)
        for label, texts in by_class.items()
    )
    return Knowledge(questions, (NOBODY,))


def table(result: dict[str, Any], faq: Path, questions: Path) -> str:
    """The result as a Markdown table."""
    lines = [
        f"{questions.name}: {result['questions']} questions against {faq.name}: {result['known']} known questions "
        f"in {result['classes']} classes"
    ]
    if result["unknown_classes"]:
        lines.append(f"{result['unknown_classes']} questions are of a class that no known question has: misses")
    names = list(next(iter(result["systems"].values())))
    lines += ["", f"| system | {' | '.join(names)} |", f"| --- |{' --- |' * len(names)}"]
    for system, figures in result["systems"].items():
        lines.append(f"| {system} | {' | '.join(f'{figures[n]:.3f}' for n in names)} |")
    return "\n".join(lines)


def _figures(rankings: Sequence[Sequence[str]], relevant: Sequence[frozenset[str]]) -> dict[str, float]:
    scored = means(rankings, relevant)
    named = {"accuracy@1": "hit@1", "recall@3": "hit@3", "MRR@10": "MRR@10", "nDCG@10": "nDCG@10"}
    return {name: rounded(scored[measure]) for name, measure in named.items()}
