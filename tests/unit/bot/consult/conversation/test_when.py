"""Times in free words, read on the clinic's clock; what is not understood is not guessed."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.consult.conversation.when import read_when

MONDAY = datetime(2026, 11, 23, 15, tzinfo=timezone.utc)
EASTERN = "America/New_York"


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("tomorrow after 3", "Tuesday, November 24, after 3 PM"),
        ("Tomorrow at 10 please", "Tuesday, November 24, at 10 AM"),
        ("weekday mornings", "Weekdays, mornings"),
        ("Friday between 2 and 4", "Friday, November 27, between 2 PM and 4 PM"),
        ("2-4 pm mondays", "Mondays, between 2 PM and 4 PM"),
        ("after 5:30pm", "after 5:30 PM"),
        ("before noon", "before noon"),
        ("anytime", "any time"),
        ("i'm free on weekends", "Weekends"),
        ("dec 3 at 2pm", "Thursday, December 3, 2:00 PM"),
        ("monday", "Monday, November 30"),
        ("11/23", "Monday, November 23"),
        ("january 5", "Tuesday, January 5"),
    ],
)
def test_plain_times_are_read_in_the_clinics_zone(text: str, reading: str) -> None:
    assert read_when(text, now=MONDAY, zone=EASTERN) == f"{reading}, Eastern time"


@pytest.mark.parametrize(
    "text",
    [
        "11/20",  # has passed: not of the next year
        "mornings, not Fridays",
        "when my husband is home",
        "after my infusion",
        "except mondays",
        "",
        "at 77",
    ],
)
def test_what_is_not_understood_is_not_guessed(text: str) -> None:
    assert read_when(text, now=MONDAY, zone=EASTERN) is None


def test_without_a_known_zone_no_date_is_named() -> None:
    assert read_when("tomorrow after 3", now=MONDAY, zone="") is None
    assert read_when("weekday mornings", now=MONDAY, zone="") == "Weekdays, mornings"


def test_tomorrow_is_of_the_clinics_day() -> None:
    late = datetime(2026, 11, 24, 3, tzinfo=timezone.utc)  # still Monday evening in New York
    assert read_when("tomorrow", now=late, zone=EASTERN) == "Tuesday, November 24, Eastern time"


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    assert read_when(text, now=MONDAY, zone=EASTERN) != ""
