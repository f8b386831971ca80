"""Percentiles by nearest rank, the spread of repeats, and ratios repeat by repeat."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bench.stats import percentile, ratios, spread

FLOATS = st.lists(st.floats(0, 1e6), min_size=1, max_size=50)


@given(FLOATS, st.sampled_from([0.5, 0.95, 0.99]))
def test_a_percentile_is_the_least_value_that_enough_values_do_not_exceed(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(v <= found for v in values) >= share * len(values)
    assert sum(v < found for v in values) < share * len(values)


def test_percentiles_do_not_depend_on_the_order_and_leave_it_alone() -> None:
    values = [float(v) for v in range(100, 0, -1)]
    assert [percentile(values, share) for share in (0.5, 0.95, 0.99)] == [50.0, 95.0, 99.0]
    assert values[0] == 100.0


def test_a_spread_keeps_the_repeats_in_their_order() -> None:
    assert spread([3.00004, 1.0, 2.0]) == {"median": 2.0, "min": 1.0, "max": 3.0, "repeats": [3.0, 1.0, 2.0]}


def test_ratios_are_taken_repeat_by_repeat() -> None:
    """A slow minute slows both: the ratio of the medians would be 5 over 10."""
    found = ratios([1.0, 5.0, 50.0], [10.0, 50.0, 5.0])
    assert found["repeats"] == [0.1, 0.1, 10.0]
    assert found["median"] == 0.1


def test_ratios_of_unlike_numbers_of_repeats_are_refused() -> None:
    with pytest.raises(ValueError):
        ratios([1.0], [1.0, 2.0])
