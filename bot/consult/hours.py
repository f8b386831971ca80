"""When a clinic is open next, and when a patient can expect to hear: on the clinic's own clock.

All times that go in have a time zone. Nothing is said about hours that the clinic has not set.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from bot.consult.clinics import DAYS, ClinicConsult

LOOK_AHEAD = 60  # days; a clinic that is closed for longer has no next opening
UTC = ZoneInfo("UTC")


def next_open(now: datetime, clinic: ClinicConsult) -> datetime | None:
    """`now` itself while the clinic is open, else the next time that it opens, on the clinic's clock.

    None where the hours are unknown, or nothing opens within 60 days.
    """
    for begin, end in _openings(now, clinic):
        if _instant(now) < _instant(end):
            return max(begin, now.astimezone(begin.tzinfo), key=_instant)
    return None


def is_open(now: datetime, clinic: ClinicConsult) -> bool | None:
    """Whether the clinic is open; None where the hours are unknown."""
    if clinic.hours is None:
        return None
    opens = next_open(now, clinic)
    return opens is not None and _instant(opens) == _instant(now)


def due_at(created: datetime, clinic: ClinicConsult) -> datetime:
    """By when a request should have been seen to: so many hours (by the clock) after the clinic is open for it."""
    start = next_open(created, clinic) or created
    return start.astimezone(UTC) + timedelta(hours=clinic.answer_within_hours)


def expectation(now: datetime, clinic: ClinicConsult) -> str:
    """What the patient is told about when they can expect to hear, in one sentence. No promise is invented."""
    opens = next_open(now, clinic)
    if opens is None:
        return "Staff will contact you as soon as they can."
    if is_open(now, clinic):
        return "The clinic is open now. Staff will contact you as soon as they can."
    return f"The clinic is closed now. Staff can see your request from {words(opens, now)}."


def words(moment: datetime, now: datetime) -> str:
    """A time as patients read it: "today at 9 AM", "Monday, November 30 at 8:30 AM", with the time zone's letters."""
    days = (moment.date() - now.astimezone(moment.tzinfo).date()).days
    hour = f"{moment.hour % 12 or 12}{f':{moment.minute:02}' if moment.minute else ''}"
    clock = f"{hour} {'AM' if moment.hour < 12 else 'PM'} {moment.tzname() or ''}".strip()
    if days in (0, 1):
        return f"{('today', 'tomorrow')[days]} at {clock}"
    return f"{moment:%A, %B} {moment.day} at {clock}"


def _openings(now: datetime, clinic: ClinicConsult) -> Iterator[tuple[datetime, datetime]]:
    """Openings from the clinic's today on, in order."""
    if clinic.hours is None or clinic.timezone is None:
        return
    zone = ZoneInfo(clinic.timezone)
    today = now.astimezone(zone).date()
    for day in (today + timedelta(days=n) for n in range(LOOK_AHEAD)):
        if _closed(day, clinic):
            continue
        for begin, end in clinic.hours.get(DAYS[day.weekday()], ()):
            yield _real(datetime.combine(day, begin, zone)), _real(datetime.combine(day, end, zone))


def _real(moment: datetime) -> datetime:
    """A time that the change of clocks leaves out (2:30 in spring) becomes the one that clocks show then."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo)


def _instant(moment: datetime) -> datetime:
    """For comparing: times in one zone are compared by the face of the clock, which stands twice in autumn."""
    return moment.astimezone(UTC)


def _closed(day: date, clinic: ClinicConsult) -> bool:
    if day in clinic.closed:
        return True
    kept = clinic.holidays
    return kept is not None and day in _calendar(kept.country, kept.state)


@lru_cache(maxsize=64)
def _calendar(country: str, state: str | None) -> holidays.HolidayBase:
    return holidays.country_holidays(country, subdiv=state)
