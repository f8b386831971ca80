"""The ranking metrics against values computed by hand."""

from __future__ import annotations

import math

import pytest

from bot.evaluate.metrics import means, per_query


def test_the_second_place_by_hand() -> None:
    scores = per_query([["b", "a", "c"]], [{"a"}])
    assert scores["hit@1"] == [0.0]
    assert scores["hit@3"] == [1.0]
    assert scores["recall@1"] == [0.0]
    assert scores["recall@3"] == [1.0]
    assert scores["MRR@10"] == [0.5]
    assert scores["nDCG@10"] == [pytest.approx(1 / math.log2(3))]


def test_two_labels_by_hand() -> None:
    scores = per_query([["a", "x", "y", "b"]], [{"a", "b"}])
    assert scores["hit@1"] == [1.0]
    assert scores["recall@1"] == [0.5]
    assert scores["recall@3"] == [0.5]
    assert scores["MRR@10"] == [1.0]
    ideal = 1 + 1 / math.log2(3)
    assert scores["nDCG@10"] == [pytest.approx((1 + 1 / math.log2(5)) / ideal)]


def test_only_ten_places_count() -> None:
    ranking = [f"x{i}" for i in range(10)] + ["a"]
    assert all(values == [0.0] for values in per_query([ranking], [{"a"}]).values())
    assert per_query([ranking[1:]], [{"a"}])["MRR@10"] == [pytest.approx(0.1)]


def test_a_miss_an_empty_ranking_and_no_label_score_nothing_and_keep_their_place() -> None:
    scores = per_query([["x"], [], ["a"], ["a"]], [{"a"}, {"a"}, set(), {"a"}])
    assert scores["MRR@10"] == [0.0, 0.0, 0.0, 1.0]


def test_an_id_that_is_ranked_twice_counts_where_it_stands_first() -> None:
    assert per_query([["x", "x", "a"]], [{"a"}])["MRR@10"] == [0.5]


def test_means() -> None:
    assert means([["a"], ["b", "a"]], [{"a"}, {"a"}])["MRR@10"] == 0.75
    assert means([], [])["nDCG@10"] == 0.0
