"""Reviews that are due again are named, and stop nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.checks import check
from knowledge.load import load
from knowledge.reviews import stale
from tests.conftest import answer_block, write_clinic

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(("reviewed", "due"), [("2025-11-20", 1), ("2025-11-21", 0), ("2026-11-22", 0)])
def test_a_review_is_due_after_366_days_and_is_no_fault(faq: Path, reviewed: str, due: int) -> None:
    write_clinic(faq, "south", {"preparation": [answer_block("stop", "stop-eating", "x", "x", reviewed=reviewed)]})
    found = stale(load(faq), today=TODAY)
    assert len(found) == due
    assert check(faq, today=TODAY) == []
    for review in found:
        assert str(review) == (
            f"knowledge/clinics/south/preparation.md:6: entry 'stop': reviewed on {reviewed}, more than 366 days ago; "
            "review the answer and write the new date"
        )


def test_years_later_the_content_still_has_no_fault(faq: Path) -> None:
    assert check(faq, today=date(2030, 1, 1)) == []
    assert [r.place.line for r in stale(load(faq), today=date(2030, 1, 1))] == [6, 6, 15, 6]
