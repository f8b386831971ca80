"""Figures as a person reads them."""

from __future__ import annotations

import pytest

from knowledge.figures import figures


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Stop 6 hours before, clear liquids 2 hours.", ["2 hours", "6 hours"]),
        ("It costs $1,200. Take 15% off for 1 day.", ["$1200", "1 day", "15%"]),
        ("Bring the 3 forms. Call 555.", ["3", "555"]),
        ("Come early.", []),
    ],
)
def test_quantities_have_their_units_and_come_before_plain_numbers(text: str, shown: list[str]) -> None:
    assert figures(text) == shown
