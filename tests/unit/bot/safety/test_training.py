"""What the training rows say of a text: yes, no, or nothing."""

from __future__ import annotations

import random
from types import SimpleNamespace

import pytest

from bot.safety.examples import TRAITS, Example
from bot.safety.training.labels import CLASSES, NOT_KNOWN, Labelled, labelled
from bot.safety.training.network import _loss
from bot.safety.training.variation import batches, vary


def trait(row: Labelled, name: str) -> int:
    """The label of a trait: 1, 0, or -1 where it is not known."""
    return row.traits[TRAITS.index(name)]


def test_what_is_off_the_topic_is_known_only_of_sources_that_say_so() -> None:
    rows = labelled(
        [
            Example("off_topic", "en", "wake me at six", "off_topic.en"),
            Example("none", "en", "what does it cost", "sampled.none.en"),
            Example("none", "en", "Ana Lopez", "names_forms.round5.none.en"),
        ]
    )
    assert [trait(r, "off_topic") for r in rows] == [1, 0, -1]
    assert [r.danger for r in rows] == [0, 0, 0]


def test_a_sample_that_teaches_the_topic_alone_says_nothing_of_dangers() -> None:
    rows = labelled(
        [
            Example("none", "en", "Does it hurt? I am so scared of it.", "sampled.round18.none.en"),
            Example("off_topic", "en", "wake me at six", "off_topic.sampled.round18.en"),
        ]
    )
    assert [(r.danger, trait(r, "off_topic")) for r in rows] == [(NOT_KNOWN, 0), (NOT_KNOWN, 1)]
    assert all(trait(r, t) == NOT_KNOWN for r in rows for t in TRAITS if t != "off_topic")


def test_the_loss_of_a_batch_leaves_out_what_is_not_known() -> None:
    torch = pytest.importorskip("torch")
    out = torch.randn((2, len(CLASSES) + len(TRAITS)), generator=torch.Generator().manual_seed(1))
    tokenizer = SimpleNamespace(encode=lambda text: SimpleNamespace(ids=[1, 2]))

    def loss(*rows: Labelled) -> tuple[float, list[float]]:
        found, misses = _loss(lambda ids, mask: out[: len(rows)], tokenizer, list(enumerate(rows)))
        return float(found), misses

    nothing = Labelled("a", NOT_KNOWN, tuple(NOT_KNOWN for _ in TRAITS))
    harmless = Labelled("b", 0, tuple(NOT_KNOWN for _ in TRAITS))
    assert loss(nothing) == (0.0, [0.0])
    alone, (miss,) = loss(harmless)
    assert alone > 0 and miss > 0
    assert loss(harmless, nothing) == (pytest.approx(alone), [pytest.approx(miss), 0.0])


def test_advice_is_not_known_of_a_danger() -> None:
    (row,) = labelled([Example("emergency", "en", "he is not breathing", "emergency.en")])
    assert (trait(row, "medical_advice"), trait(row, "off_topic")) == (-1, 0)


def test_a_sentence_joined_to_a_message_leaves_only_what_is_still_true() -> None:
    row = Labelled("wake me at six", 0, tuple(int(t in {"insult", "off_topic"}) for t in TRAITS))
    varied = [vary(row, ["what does it cost"], random.Random(seed)) for seed in range(60)]
    joined = [v for v in varied if "what does it cost" in v.text]
    assert joined
    assert all((trait(v, "insult"), trait(v, "off_topic")) == (1, -1) for v in joined)


def test_the_chosen_rows_come_once_each_alike_lengths_together() -> None:
    rows = [Labelled("word " * (n + 1), n % 2, tuple(-1 for _ in TRAITS)) for n in range(50)]
    chosen = range(0, 50, 2)
    told = list(batches(rows, chosen, 5, random.Random(1)))
    assert sorted(number for batch in told for number, _ in batch) == list(chosen)
    assert all(row.danger == rows[number].danger for batch in told for number, row in batch)
    assert [len(batch) for batch in told] == [5] * 5
    assert told != list(batches(rows, chosen, 5, random.Random(2))), "another seed, another order"
