"""The confidence fitted, and its threshold chosen with a promise."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.calibration import fit_confidence, learn_then_test, p_value
from knowledge.errors import KnowledgeError
from knowledge.thresholds import NAMES, Features, Thresholds


def test_the_p_value_is_the_exact_binomial_tail() -> None:
    assert p_value(3, 0, 0.5) == pytest.approx(1 / 8)
    assert p_value(3, 1, 0.5) == pytest.approx(4 / 8)
    assert p_value(58, 0, 0.05) > 0.05 > p_value(59, 0, 0.05), "59 right answers are the fewest that can promise 5 %"


def test_testing_stops_at_the_first_threshold_that_fails() -> None:
    given = {0.9: (100, 0), 0.8: (120, 20), 0.7: (400, 0)}
    kept, tested = learn_then_test(given, given.__getitem__)
    assert kept is not None
    assert kept.threshold == 0.9
    assert [t.threshold for t in tested] == [0.9, 0.8], "0.7 would pass, but it comes after one that failed"


def test_nothing_is_promised_where_the_first_fails() -> None:
    kept, tested = learn_then_test([0.9, 0.8], lambda _: (20, 0))
    assert kept is None
    assert len(tested) == 1


def test_thresholds_must_fall() -> None:
    with pytest.raises(KnowledgeError, match="fall"):
        learn_then_test([0.8, 0.9], lambda _: (200, 0))


def test_the_promise_is_broken_as_seldom_as_it_says() -> None:
    """Wrong answers at 4, 6 and 8 %: the last two break a promise of 5 %, and may be chosen in 5 % of trials."""
    generator = np.random.default_rng(7)
    broken = 0
    for _ in range(400):
        wrong = {t: int(generator.binomial(300, share)) for t, share in ((0.9, 0.04), (0.8, 0.06), (0.7, 0.08))}
        kept, _tested = learn_then_test(wrong, lambda t, wrong=wrong: (300, wrong[t]))  # type: ignore[misc]
        broken += kept is not None and kept.threshold < 0.9
    assert broken / 400 <= 0.05


def test_the_fitted_confidence_tells_right_from_wrong_and_is_calibrated() -> None:
    generator = np.random.default_rng(3)
    table = generator.uniform(0, 1, (3000, len(NAMES)))
    odds = 6 * table[:, 0] + 2 * table[:, 3] - 4
    right = generator.uniform(size=3000) < 1 / (1 + np.exp(-odds))
    features = [Features(*(float(v) for v in row)) for row in table]
    intercept, weights = fit_confidence(features, [bool(r) for r in right])
    fitted = Thresholds(sure=0.8, understood=0.5, plausible=0.2, intercept=intercept, weights=weights)
    said = np.array([fitted.confidence(f) for f in features])
    for low, high in ((0.2, 0.5), (0.5, 0.8), (0.8, 1.0)):
        bin_ = (said >= low) & (said < high)
        assert right[bin_].mean() == pytest.approx(said[bin_].mean(), abs=0.06)
    assert weights.nearest > weights.cover > abs(weights.margin)


def test_nothing_to_tell_apart_is_said() -> None:
    with pytest.raises(KnowledgeError, match="wrongly"):
        fit_confidence([Features(1, 1, 1, 1, 1, 1, 1)] * 5, [True] * 5)
