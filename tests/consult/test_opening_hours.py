"""Check 20: when a clinic opens next, over weekends, holidays and changes of clocks."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.consult import clinics as clinics_module
from bot.consult.clinics import ClinicConsult, load_clinics
from bot.consult.hours import due_at, expectation, is_open, next_open
from bot.errors import SettingsError

NEW_YORK = ZoneInfo("America/New_York")
UTC = ZoneInfo("UTC")
WEEK = {day: ["08:00-12:00", "13:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


def a_clinic(**changes: Any) -> ClinicConsult:
    """Open on weekdays from 8 to 17 with a break, closed on holidays of New York."""
    values = {"timezone": "America/New_York", "hours": WEEK, "holidays": {"country": "US", "state": "NY"}}
    return ClinicConsult.parse_obj(values | changes)


def at(text: str) -> datetime:
    """A time on the clinic's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-21T22:00", "2026-11-23T08:00"),  # Saturday 22:00
        ("2026-11-22T10:00", "2026-11-23T08:00"),
        ("2026-11-23T07:59", "2026-11-23T08:00"),
        ("2026-11-23T08:00", "2026-11-23T08:00"),
        ("2026-11-23T11:59", "2026-11-23T11:59"),
        ("2026-11-23T12:00", "2026-11-23T13:00"),
        ("2026-11-23T17:00", "2026-11-24T08:00"),
        ("2026-11-25T18:00", "2026-11-27T08:00"),  # Thanksgiving between
        ("2026-11-26T09:00", "2026-11-27T08:00"),
        ("2026-12-24T18:00", "2026-12-28T08:00"),  # Christmas is a Friday
        ("2026-12-31T23:30", "2027-01-04T08:00"),  # over the new year
        ("2026-07-02T18:00", "2026-07-06T08:00"),  # the Fourth is a Saturday, kept on Friday
        ("2026-10-31T22:00", "2026-11-02T08:00"),  # clocks go back in the night
        ("2026-03-07T22:00", "2026-03-09T08:00"),  # and forward
    ],
)
def test_check_20_the_next_opening_is_right(now: str, opens: str) -> None:
    found = next_open(at(now), a_clinic())
    assert found is not None and found.isoformat() == at(opens).isoformat()
    assert is_open(at(now), a_clinic()) is (now == opens)


def test_check_20_the_time_of_another_zone_is_read_on_the_clinics_clock() -> None:
    now = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)  # Monday 19:30 in New York
    found = next_open(now, a_clinic())
    assert found is not None and found.astimezone(UTC) == datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


def test_check_20_the_hours_until_the_opening_count_the_changed_clock() -> None:
    for night, hours in (("2026-11-01", 11), ("2026-03-08", 9), ("2026-06-07", 10)):
        now = at(f"{night}T00:00") - timedelta(hours=2)
        opens = next_open(now, a_clinic(hours={"sun": ["08:00-17:00"]}, holidays=None))
        assert opens is not None
        assert opens.astimezone(UTC) - now.astimezone(UTC) == timedelta(hours=hours)


def test_check_20_an_hour_that_stands_twice_is_open_once() -> None:
    clinic = a_clinic(hours={"sun": ["00:30-01:30"]}, holidays=None)
    first, second = at("2026-11-01T01:15"), at("2026-11-01T01:15").replace(fold=1)
    assert is_open(first, clinic) is True
    assert is_open(second, clinic) is False


def test_check_20_an_hour_that_is_left_out_opens_when_the_clocks_have_moved() -> None:
    opens = next_open(at("2026-03-08T00:00"), a_clinic(hours={"sun": ["02:30-05:00"]}, holidays=None))
    assert opens is not None and opens.isoformat() == "2026-03-08T03:30:00-04:00"


def test_days_that_the_clinic_is_closed_are_skipped() -> None:
    opens = next_open(at("2026-11-23T18:00"), a_clinic(closed=["2026-11-24", "2026-11-25"]))
    assert opens == at("2026-11-27T08:00")


def test_a_clinic_that_never_opens_promises_nothing() -> None:
    assert next_open(at("2026-11-23T18:00"), a_clinic(hours={})) is None
    assert expectation(at("2026-11-23T18:00"), a_clinic(hours={})) == "Staff will contact you as soon as they can."


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        (
            "2026-11-21T22:00",
            "The clinic is closed now. Staff can see your request from Monday, November 23 at 8 AM EST.",
        ),
        ("2026-11-22T22:00", "The clinic is closed now. Staff can see your request from tomorrow at 8 AM EST."),
        ("2026-11-23T12:30", "The clinic is closed now. Staff can see your request from today at 1 PM EST."),
        ("2026-11-23T09:00", "The clinic is open now. Staff will contact you as soon as they can."),
    ],
)
def test_check_20_the_patient_is_told_when_to_expect_to_hear(now: str, sentence: str) -> None:
    assert expectation(at(now), a_clinic()) == sentence


def test_hours_that_are_unknown_are_never_invented() -> None:
    unknown = ClinicConsult()
    assert next_open(at("2026-11-23T09:00"), unknown) is None
    assert is_open(at("2026-11-23T09:00"), unknown) is None
    assert expectation(at("2026-11-23T09:00"), unknown) == "Staff will contact you as soon as they can."


def test_a_request_is_due_so_many_hours_after_the_opening() -> None:
    clinic = a_clinic(answer_within_hours=4)
    assert due_at(at("2026-11-21T22:00"), clinic) == at("2026-11-23T12:00")
    assert due_at(at("2026-11-23T09:00"), clinic) == at("2026-11-23T13:00")
    assert due_at(at("2026-11-21T22:00"), ClinicConsult()) == at("2026-11-22T22:00")


def test_the_example_file_is_valid_and_others_get_the_defaults() -> None:
    known = load_clinics(Path(clinics_module.__file__).parent / "clinics.example.yml")
    example = known.of("example-clinic")
    assert example.notify.kinds == ("mail", "webhook")
    opens = next_open(at("2026-11-21T22:00"), example)
    assert opens == at("2026-11-23T08:00")
    assert known.of("pain-team") == load_clinics(None).of("pain-team") == ClinicConsult()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("clinics: {a: {hours: {mon: ['08:00-17:00']}}}", "hours need a timezone"),
        ("clinics: {a: {timezone: Mars/Base}}", "clinics a timezone: is not a time zone"),
        ("clinics: {a: {timezone: UTC, hours: {monday: ['08:00-17:00']}}}", "days that are none of mon, tue"),
        ("clinics: {a: {timezone: UTC, hours: {mon: ['17:00-08:00']}}}", 'mon: "17:00-08:00" is not a span'),
        ("clinics: {a: {timezone: UTC, hours: {mon: ['8 to 5']}}}", 'mon: "8 to 5" is not a span'),
        ("clinics: {a: {timezone: UTC, hours: {mon: ['08:00-12:00', '11:00-13:00']}}}", "overlap or are not in order"),
        ("clinics: {a: {timezone: UTC, hours: {mon: 8}}}", "mon is a list of spans"),
        ("clinics: {a: {timezone: UTC, hours: always}}", "is a table of days"),
        ("clinics: {a: {holidays: {country: XX}}}", "country is not known"),
        ("clinics: {a: {holidays: {country: US, state: ZZ}}}", "state is not known in US"),
        ("clinics: {a: {notify: {emails: [desk]}}}", "is not an email address"),
        ("clinics: {a: {notify: {webhook: {url: 'ftp://x', secret_env: S}}}}", "clinics a notify webhook url"),
        ("clinics: {a: {retention_days: {requests: 0}}}", "clinics a retention_days requests"),
        ("clinics: {a: {ours: {}}}", "clinics a ours: extra fields not permitted"),
        ("clinics: [", "is not YAML"),
        ("just words", "clinics.example.yml shows the form"),
    ],
)
def test_a_fault_in_the_file_is_told_with_file_clinic_field_and_mend(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "clinics.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_clinics(file)
    assert told in str(caught.value) and str(file) in str(caught.value)


def test_a_file_that_is_not_there_is_told_with_the_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="FAQBOT_CONSULT_CLINICS"):
        load_clinics(tmp_path / "none.yml")
