"""Quantities in texts, and when two of them contradict each other."""

from __future__ import annotations

import pytest

from knowledge.numbers import claims, contradict, numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It costs $1,200 or $85.50.", {"1200", "85.50"}),
        ("70-80% of 5 patients.", {"70", "80", "5"}),
        ("Call 555-0100.", {"555", "0100"}),
        ("Six hours.", set()),
    ],
)
def test_numbers_are_found_without_thousands_separators(text: str, found: set[str]) -> None:
    assert numbers(text) == found


@pytest.mark.parametrize(
    ("text", "unit", "values"),
    [
        ("Rest for 40 minutes.", "minute", {"40"}),
        ("Rest for 40 min.", "minute", {"40"}),
        ("A 40-minute infusion.", "minute", {"40"}),
        ("Stop eating 6 hours before.", "hour", {"6"}),
        ("Stop eating 6 hrs before.", "hour", {"6"}),
        ("Stop 1 hour before.", "hour", {"1"}),
        ("Wait 2 days.", "day", {"2"}),
        ("Wait 2-3 weeks.", "week", {"2", "3"}),
        ("Wait 2 to 3 months.", "month", {"2", "3"}),
        ("For 10 or 20 years.", "year", {"10", "20"}),
        ("70-80% feel better.", "percent", {"70", "80"}),
        ("70% to 80% feel better.", "percent", {"70", "80"}),
        ("50 percent feel better.", "percent", {"50"}),
        ("50% feel better.", "percent", {"50"}),
        ("It takes 6 sessions.", "infusion", {"6"}),
        ("It takes 6 treatments.", "infusion", {"6"}),
        ("It costs $400.", "dollar", {"400"}),
        ("It costs $400-$500.", "dollar", {"400", "500"}),
        ("It costs $400 to 500.", "dollar", {"400", "500"}),
    ],
)
def test_a_quantity_has_its_unit_and_all_values_of_its_range(text: str, unit: str, values: set[str]) -> None:
    assert [(c.unit, set(c.values)) for c in claims(text)] == [(unit, values)]


@pytest.mark.parametrize("text", ["Bring 2 forms.", "Ask for room B12.", "Made in 1962.", "Ketamine is safe."])
def test_a_number_without_a_unit_claims_nothing(text: str) -> None:
    assert claims(text) == []


def test_each_sentence_and_each_unit_is_a_claim_of_its_own() -> None:
    found = claims("It takes 40 minutes and costs $400. Come 6 times in 2 weeks.")
    assert [(c.unit, c.sentence[:8]) for c in found] == [
        ("minute", "It takes"),
        ("dollar", "It takes"),
        ("week", "Come 6 t"),
    ]


def disagree(first: str, second: str) -> bool:
    """Whether any claim of one text contradicts one of the other, in either order."""
    pairs = [(a, b) for a in claims(first) for b in claims(second)]
    assert pairs
    found = [contradict(a, b) for a, b in pairs]
    assert found == [contradict(b, a) for a, b in pairs]
    return any(found)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Stop eating 6 hours before your infusion.", "Stop eating 8 hours before your infusion."),
        ("Stop eating 6 hours before your infusion.", "Do not eat for 8 hours before the infusion."),
        ("Stop eating 6 hours before your infusion.", "Your infusion: stop eating for 2-4 hours before it."),
        ("The infusion costs $400.", "Infusions cost $500 each."),
        ("A 40-minute infusion is given.", "The infusion is given for 60 minutes."),
        ("About 70-80% of patients respond.", "90-95% of patients respond."),
        ("About 70% of patients respond.", "50% of patients respond."),
    ],
)
def test_another_number_for_the_same_thing_contradicts(first: str, second: str) -> None:
    assert disagree(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("Stop eating 6 hours before.", "Stop eating 6-8 hours before.", id="a value in common"),
        pytest.param("Stop eating 6 hours before.", "Stop eating 2 days before.", id="another unit"),
        pytest.param("Stop eating 6 hours before it.", "Stop drinking water 2 hours before it.", id="another thing"),
        pytest.param("One infusion costs $400.", "A first visit with the doctor costs $150.", id="another price"),
        pytest.param("One infusion costs $1,200.", "One infusion costs $1200.", id="thousands separator"),
    ],
)
def test_what_can_both_be_true_does_not_contradict(first: str, second: str) -> None:
    assert not disagree(first, second)
