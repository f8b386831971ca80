"""Any FAQ scored, on a toy of four classes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.evaluate.faq import evaluate, knowledge_of, ours, table
from bot.evaluate.known import Labelled
from knowledge.encoder import Encoder

KNOWN = [
    Labelled(text, (label,))
    for label, texts in {
        "hours": ["what are your opening hours", "when do you open", "are you open on sunday"],
        "price": ["how much is a ticket", "ticket price", "what does entry cost"],
        "parking": ["where can i park my car", "is there a car park", "parking place"],
        "dogs": ["may i bring my dog", "are pets allowed", "is my puppy welcome"],
    }.items()
    for text in texts
]
ASKED = [
    Labelled("opening hours on sunday", ("hours",)),
    Labelled("price of a ticket", ("price",)),
    Labelled("car park", ("parking",)),
    Labelled("dog or puppy allowed", ("dogs",)),
]


def test_the_toy_is_found_by_every_system(encoder: Encoder) -> None:
    calls: list[int] = []
    result = evaluate(KNOWN, ASKED, encoder, done=lambda: calls.append(1))
    assert (result["known"], result["classes"], result["questions"]) == (12, 4, 4)
    assert len(calls) == 4
    assert set(result["systems"]) == {"our search", "BM25 nearest", "encoder nearest"}
    for figures in result["systems"].values():
        assert figures == {"accuracy@1": 1.0, "recall@3": 1.0, "MRR@10": 1.0, "nDCG@10": 1.0}


def test_a_class_that_nobody_knows_is_a_miss_and_is_told(encoder: Encoder) -> None:
    result = evaluate(KNOWN, [*ASKED, Labelled("ticket price", ("toilets",))], encoder, done=lambda: None)
    assert result["unknown_classes"] == 1
    assert result["systems"]["our search"]["accuracy@1"] == 0.8
    text = table(result, Path("toy"), Path("asked.csv"))
    assert "1 questions are of a class that no known question has: misses" in text
    assert "| our search | 0.800 |" in text


def test_our_ranking_is_the_retrieval_layers(encoder: Encoder) -> None:
    ranking = ours(KNOWN, encoder)("may my dog come")
    assert ranking[0] == "dogs"
    assert sorted(ranking) == ["dogs", "hours", "parking", "price"]


def test_the_class_is_no_text_that_is_searched() -> None:
    question = knowledge_of(KNOWN).questions[0]
    assert (question.id, question.heading) == ("hours", "what are your opening hours")
    assert question.phrasings == ("when do you open", "are you open on sunday")


def test_a_class_with_one_known_question_is_found_too(encoder: Encoder) -> None:
    few = [KNOWN[0], KNOWN[3]]
    result = evaluate(few, [ASKED[0]], encoder, done=lambda: None)
    assert result["systems"]["our search"]["accuracy@1"] == pytest.approx(1.0)
