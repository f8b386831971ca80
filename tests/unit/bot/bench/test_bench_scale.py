"""The made-up content of the search at scale, and how it is measured."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from bot.bench import scale
from knowledge import vectors
from knowledge.encoder import DIMENSIONS
from knowledge.index import build
from knowledge.load import load
from knowledge.search import Search
from tests.conftest import WordEncoder
from tests.unit.bot.bench.conftest import MakeRow

TEXTS = [f"word{n} thing{n % 7} place{n % 3}" for n in range(60)]


def test_synthetic_vectors_lie_near_real_ones_and_are_those_of_the_seed(encoder: WordEncoder) -> None:
    base = encoder.encode(TEXTS)
    made = scale.synthetic(base, 300, seed=1)
    assert made.shape == (300, DIMENSIONS) and made.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)
    nearest = (made @ base.T).max(axis=1)
    assert nearest.mean() == pytest.approx(1 / np.sqrt(1 + scale.NOISE**2), abs=0.02)
    np.testing.assert_array_equal(made, scale.synthetic(base, 300, seed=1))
    assert not np.array_equal(made, scale.synthetic(base, 300, seed=2))


def test_made_in_pieces_every_row_is_filled(encoder: WordEncoder) -> None:
    made = scale.synthetic(encoder.encode(TEXTS)[:, :4], 100_001, seed=1)
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)


def test_a_synthetic_clinic_answers_questions_of_the_catalogue(faq: Path) -> None:
    questions = load(faq).questions
    clinic = scale.synthetic_clinic(3, questions, TEXTS, 2, random.Random(1))
    asked = [q for answer in clinic.answers for q in answer.questions]
    assert len(asked) == len(set(asked)) == 2 and set(asked) <= {q.id for q in questions}
    assert all(answer.clinic == clinic.id == "clinic-3" for answer in clinic.answers)
    words = clinic.answers[0].text.split()  # three to a sentence
    assert {" ".join(words[n : n + 3]) for n in (0, 3, 6)} <= set(TEXTS)


def test_made_up_clinics_stand_in_place_of_the_real_ones_and_can_be_searched(faq: Path, encoder: WordEncoder) -> None:
    real = build(load(faq), encoder)
    made = scale._with_clinics(real, TEXTS, encoder.encode(TEXTS), 5, 3, random.Random(1))
    assert sorted(made.clinics) == [f"clinic-{n}" for n in range(5)]
    assert len(made.owners) == len(real.owners)
    for clinic in made.knowledge.clinics:
        rows = made.answers[clinic.id]
        assert len(clinic.answers) == 3
        assert rows.faiss.ntotal == len(rows.owners) == 3 * (scale.SENTENCES + 1)
    assert Search(made, encoder).understand("price of an infusion", "clinic-4")[0].question.id == "price"


@pytest.mark.filterwarnings("ignore")
def test_each_kind_of_index_finds_what_comparing_all_finds() -> None:
    draw = np.random.default_rng(1)
    base = draw.standard_normal((1_500, 16)).astype(np.float32)
    base /= np.linalg.norm(base, axis=1, keepdims=True)
    queries = vectors.perturbed(base[:40], 0.2, draw)
    truth = vectors.nearest(base, queries)
    for kind, make in scale._kinds(1).items():
        found = scale._searched(make(base), queries, truth)
        assert found["recall"] >= 0.9, kind
        assert 0 < found["p50"] <= found["p95"] <= found["p99"]
    assert found["memory_mb"] > 0


def test_a_poor_index_has_a_poor_recall() -> None:
    draw = np.random.default_rng(1)
    base = draw.standard_normal((200, 16)).astype(np.float32)
    base /= np.linalg.norm(base, axis=1, keepdims=True)
    truth = vectors.nearest(base, base[:40])
    wrong = vectors.flat(np.ascontiguousarray(base[::-1]))
    assert scale._searched(wrong, base[:40], truth)["recall"] < 0.2


def test_texts_are_searched_once_before_the_clock_runs() -> None:
    said: list[tuple[str, str]] = []
    found = scale._times(lambda text, clinic: said.append((text, clinic)), [("a", "north"), ("b", "south")])
    assert said == [("a", "north"), ("b", "south")] * (1 + scale.PASSES)
    assert set(found) == {"p50", "p95", "p99", "p99_range"}


def test_one_slow_pass_does_not_make_the_figure_and_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    passes = iter([1.0, 9.0, 1.5, 1.2, 1.1])
    monkeypatch.setattr(scale, "_shares", lambda took: dict.fromkeys(("p50", "p95", "p99"), next(passes)))
    found = scale._times(lambda text, clinic: None, [("a", "north")])
    assert found["p99"] == 1.2 and found["p99_range"] == [1.0, 9.0]


def test_memory_is_counted_from_before_the_first_clinic(
    faq: Path, encoder: WordEncoder, make_row: MakeRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten clinics in what two have left would seem to need nothing."""
    held = iter([100.0, 102.0, 110.0])
    monkeypatch.setattr(scale, "OnnxEncoder", lambda folder: encoder)
    monkeypatch.setattr(scale, "load", lambda folder, **_: build(load(faq), encoder))
    rows = [make_row("a", text="price of an infusion"), make_row("b", text="fasting till then")]
    monkeypatch.setattr(scale.gold, "load", lambda folder: rows)
    monkeypatch.setattr(scale, "_memory", lambda: next(held))
    spec = {"sizes": [10, 2], "entries": 3, "seed": 1, "every": 1, "sentences": 50}
    found = scale.clinics(spec)
    assert [(row["clinics"], row["entries"], row["memory_mb"]) for row in found] == [(2, 6, 2.0), (10, 30, 10.0)]
    assert all(0 < row[what]["p50"] <= row[what]["p99"] for row in found for what in ("text", "message"))
    assert encoder.encoded.count("fasting until then") == 1  # nothing is encoded while the clock runs
