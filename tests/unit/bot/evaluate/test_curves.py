"""Risk against coverage and reliability against values computed by hand."""

from __future__ import annotations

import pytest

from bot.evaluate.curves import calibration_error, reliability, risk_coverage


def test_risk_and_coverage_by_hand() -> None:
    curve = risk_coverage([0.2, 0.9, 0.6, 0.8], [False, True, False, True], messages=5)
    assert curve.coverage == pytest.approx((0.2, 0.4, 0.6, 0.8))
    assert curve.risk == pytest.approx((0, 0, 1 / 3, 1 / 2))
    assert curve.area == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)


def test_ties_are_answered_together_in_whichever_order_they_stand() -> None:
    one = risk_coverage([1.0, 1.0, 0.5], [True, False, True], messages=3)
    other = risk_coverage([1.0, 1.0, 0.5], [False, True, True], messages=3)
    assert one == other
    assert one.coverage == pytest.approx((2 / 3, 1.0))
    assert one.risk == pytest.approx((1 / 2, 1 / 3))
    assert one.area == pytest.approx((1 / 2 + 1 / 2 + 1 / 3) / 3)


def test_no_answers_have_no_curve() -> None:
    assert risk_coverage([], [], messages=4).area == 0.0


def test_the_order_matters_to_the_area() -> None:
    right = [True, True, False]
    assert risk_coverage([3, 2, 1], right, messages=3).area < risk_coverage([1, 2, 3], right, messages=3).area


def test_reliability_by_hand() -> None:
    bins = reliability([0.05, 0.92, 0.98, 1.0], [False, True, True, False])
    assert [(b.low, b.rows) for b in bins] == [(0.0, 1), (0.9, 3)]
    assert bins[1].confidence == pytest.approx((0.92 + 0.98 + 1.0) / 3)
    assert bins[1].right == pytest.approx(2 / 3)
    gap = abs(2.9 / 3 - 2 / 3)
    assert calibration_error(bins) == pytest.approx((1 * 0.05 + 3 * gap) / 4)


def test_a_calibrated_system_has_no_error() -> None:
    assert calibration_error(reliability([0.5] * 4, [True, False, True, False])) == 0.0
    assert calibration_error(()) == 0.0
