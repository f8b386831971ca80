"""The bootstrap: whole clusters are drawn, the same seed gives the same limits, degenerate cases are exact."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bot.evaluate.bootstrap import clusters, share


def test_rows_that_share_a_fact_are_one_cluster_within_a_clinic(make_row: Any) -> None:
    rows = [
        make_row("1", facts=("hours",)),
        make_row("2", facts=("price",)),
        make_row("3", facts=("hours", "parking")),  # ties "hours" to "parking"
        make_row("4", facts=("parking",)),
        make_row("5", facts=("hours",), clinic="south"),
    ]
    groups = clusters(rows)
    assert groups[0] == groups[2] == groups[3]
    assert len({groups[0], groups[1], groups[4]}) == 3
    assert clusters([]).shape == (0,)


def test_the_same_seed_gives_the_same_limits_and_another_others() -> None:
    hits = [i % 3 > 0 for i in range(60)]
    groups = np.arange(60)
    first = share(hits, groups, seed=7)
    assert share(hits, groups, seed=7) == first
    assert share(hits, groups, seed=8, draws=50) != share(hits, groups, seed=7, draws=50)
    assert first is not None
    assert first.value == pytest.approx(2 / 3)
    assert first.low < 2 / 3 < first.high


def test_the_limits_are_those_of_the_binomial_where_every_row_stands_alone() -> None:
    found = share([i < 50 for i in range(100)], np.arange(100), seed=1, draws=20_000)
    assert found is not None
    assert found.low == pytest.approx(0.40, abs=0.011)  # binomial(100, 1/2): 2.5 % lie below 40, as many above 60
    assert found.high == pytest.approx(0.60, abs=0.011)


def test_rows_of_one_cluster_count_as_one() -> None:
    hits = [i < 50 for i in range(100)]
    alone = share(hits, np.arange(100), seed=1)
    tens = share(hits, np.arange(100) // 10, seed=1)  # ten clusters, all alike inside
    assert alone is not None and tens is not None
    assert tens.high - tens.low > 2 * (alone.high - alone.low)


def test_one_cluster_has_no_spread_and_no_rows_have_no_share() -> None:
    found = share([True, False], np.zeros(2, dtype=np.int64), seed=1)
    assert found is not None
    assert (found.low, found.value, found.high, found.rows) == (0.5, 0.5, 0.5, 2)
    assert share([], np.zeros(0, dtype=np.int64), seed=1) is None


def test_a_paired_difference_that_is_the_same_everywhere_is_certain() -> None:
    found = share(np.full(20, -1.0), np.arange(20), seed=1)
    assert found is not None
    assert (found.low, found.value, found.high) == (-1.0, -1.0, -1.0)
