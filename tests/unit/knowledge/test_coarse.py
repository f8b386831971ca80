"""The nearest phrasings of each question: rough cosines from short 4-bit copies, the best ones exact."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bot.settings import ROOT
from knowledge import coarse
from knowledge.coarse import CoarseNearest, Numbers, build, by_size, grid, groups, largest
from knowledge.encoder import DIMENSIONS, Vectors
from knowledge.vectors import flat

pytestmark = pytest.mark.filterwarnings("ignore")  # onnx warns of its own doings

SIZES = (1, 2, 3, 4, 5, 8, 9, 17)  # phrasings of the questions


def unit(count: int, seed: int) -> Vectors:
    """Random unit vectors of which, as of sentences, few directions make up most."""
    draw = np.random.default_rng(seed)
    made = draw.standard_normal((count, DIMENSIONS)).astype(np.float32) / np.arange(1, DIMENSIONS + 1) ** 0.5
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


def near(vectors: Vectors, seed: int) -> Vectors:
    """Vectors between the given ones and random ones: cosines of all sizes."""
    made = vectors + unit(len(vectors), seed)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


def owners_of(*sizes: int) -> Numbers:
    """The question of each phrasing where the questions have so many."""
    return np.repeat(np.arange(len(sizes)), sizes)


def exactly(stored: Vectors, owners: Numbers, query: Vectors, count: int) -> Vectors:
    """The `count` largest cosines of each question by comparing all."""
    cosines = stored @ query
    rows = [np.sort(cosines[owners == question])[::-1][:count] for question in range(owners.max() + 1)]
    return np.array([np.pad(row, (0, count - len(row)), constant_values=-np.inf) for row in rows], dtype=np.float32)


def made(stored: Vectors, owners: Numbers) -> CoarseNearest:
    return CoarseNearest(build(stored, owners), owners)


def test_rough_cosines_are_near_the_exact_ones_and_in_the_order_of_the_phrasings() -> None:
    stored, owners = unit(sum(SIZES) * 20, 1), owners_of(*SIZES * 20)
    scores = made(stored, owners)
    for query in near(stored[::60], 2):
        exact = stored @ query
        assert exact.max() > 0.5
        off = np.abs(scores(query) - exact)
        assert off.shape == exact.shape
        assert off.max() < 0.1 and off.mean() < 0.025
        assert scores(query).argmax() == exact.argmax()


def test_the_nearest_of_each_question_are_exact_where_they_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coarse, "REFINED", 20)
    stored, owners = unit(sum(SIZES) * 20, 1), owners_of(*SIZES * 20)
    scores, index = made(stored, owners), flat(stored)
    for query in near(stored[::60], 2):
        found, exact = scores.nearest(index, query, 3).T, exactly(stored, owners, query, 3)
        assert found.shape == exact.shape and found.dtype == np.float32
        best = np.argsort(-exact[:, 0])[:3]
        np.testing.assert_allclose(found[best], exact[best], atol=5e-4)
        np.testing.assert_allclose(found[:, 0], exact[:, 0], atol=0.1)
        assert (np.diff(found, axis=1) <= 0).all() or np.isneginf(found).any(), "they fall"


def test_with_few_questions_all_are_exact() -> None:
    stored, owners = unit(sum(SIZES), 1), owners_of(*SIZES)
    query = near(stored[:1], 2)[0]
    found = made(stored, owners).nearest(flat(stored), query, 3).T
    np.testing.assert_allclose(found, exactly(stored, owners, query, 3), atol=5e-4)
    assert np.isneginf(found[0, 1:]).all(), "a question of one phrasing has no second"


@pytest.mark.parametrize("sign", [1, -1])
def test_sums_at_their_largest_do_not_overflow(sign: int) -> None:
    """All numbers of a vector at the end of their range: where 8 bits would overflow, and -1 needs the zero."""
    flat_ = np.full((1, DIMENSIONS), DIMENSIONS**-0.5, dtype=np.float32)
    assert made(flat_, owners_of(1))(sign * flat_[0])[0] == pytest.approx(sign, abs=0.01)


def test_a_saved_model_gives_the_same_and_can_be_saved_again(tmp_path: Path) -> None:
    stored, owners = unit(40, 1), owners_of(10, 30)
    scores = made(stored, owners)
    scores.save(tmp_path / "a.onnx")
    loaded = CoarseNearest(str(tmp_path / "a.onnx"), owners)
    query = unit(1, 2)[0]
    np.testing.assert_array_equal(loaded(query), scores(query))
    loaded.save(tmp_path / "b.onnx")
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()


def test_the_same_vectors_give_the_same_bytes() -> None:
    owners = owners_of(9)
    assert build(unit(9, 1), owners) == build(unit(9, 1), owners) != build(unit(9, 2), owners)


def test_building_leaves_the_logging_of_the_process_alone() -> None:
    """In a process of its own: here pytest has set it up already."""
    code = """
import logging
import numpy as np
from knowledge.coarse import build
build(np.eye(9, 384, dtype=np.float32), np.zeros(9, dtype=np.int64))
assert not logging.getLogger().handlers and logging.getLogger().level == logging.WARNING
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "quantiz" not in done.stderr


def test_a_group_holds_phrasings_of_one_question_the_last_filling_up() -> None:
    owners = owners_of(*SIZES)
    columns = grid(owners).T
    assert columns.shape == (sum(-(-size // coarse.GROUP) for size in SIZES), coarse.GROUP)
    assert sorted(set(columns.ravel())) == list(range(sum(SIZES)))
    for group in columns:
        assert len({owners[number] for number in group}) == 1
    filled = coarse.GROUP
    small = [columns[place].tolist() for place in groups(owners)[:3, 0]]
    assert small == [[0] * filled, [1, *[2] * (filled - 1)], [3, 4, *[5] * (filled - 2)]]


def test_the_first_groups_of_all_questions_stand_before_the_second_ones_the_largest_questions_first() -> None:
    owners = owners_of(3, 17, 8, 9)
    assert by_size(owners).tolist() == [1, 3, 0, 2]
    assert owners[grid(owners)[0]].tolist() == [1, 3, 0, 2, 1, 3, 1]
    assert groups(owners).tolist() == [[2, 7, 7], [0, 4, 6], [3, 7, 7], [1, 5, 7]], "7: there is none"


def test_equal_cosines_count_as_often_as_they_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two groups of a question with the same phrasing in them: where only the groups are looked at too."""
    monkeypatch.setattr(coarse, "REFINED", 1)
    stored = unit(19, 1)
    stored[9] = stored[1]  # the second group of the question of 18 phrasings
    query = near(stored[1:2], 2)[0]
    stored[0] = query  # of the other question, which alone is exact
    found = made(stored, owners_of(1, 18)).nearest(flat(stored), query, 3)
    assert found[0, 1] == found[1, 1] >= found[2, 1]


def test_the_largest_of_a_row_fall_and_end_where_there_are_no_more() -> None:
    values = np.array([[1, 3, 2], [5, -np.inf, -np.inf]], dtype=np.float32)
    assert largest(values, 2).tolist() == [[3, 2], [5, -np.inf]]
    assert values.tolist()[0] == [1, 3, 2], "what was given stays"
