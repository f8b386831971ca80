"""When staff may reach the patient, read from free words on the clinic's own clock.

What is not understood stays the patient's own words: nothing is guessed.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import dateparser

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
AHEAD = timedelta(days=183)  # nobody asks to be called in ten months: a date that far has passed
ZONES = {
    "America/New_York": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Phoenix": "Arizona",
    "America/Los_Angeles": "Pacific",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
}
_DAY = r"mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun"
_CLOCK = r"(?:(\d{1,2})(?::(\d\d))?\s*(a|p)?\.?(?:m\b)?\.?|(noon|midday))"
_DAY_WORD = re.compile(rf"\b(?:(today|tonight|tomorrow|tmrw|tmr)|(?:next |this )?({_DAY})(?:day)?(s)?|"
                       r"(week ?days?)|(week ?ends?)|(any ?day|every ?day))\b", re.I)  # fmt: skip
_SPAN = re.compile(rf"\b(?:between|from)?\s*{_CLOCK}\s*(?:-|to|and|until|till)\s*{_CLOCK}(?!\w)", re.I)
_BOUND = re.compile(rf"\b(after|before|by|until|till|at|around|about|past)\s+{_CLOCK}(?!\w)", re.I)
_PART = re.compile(r"\b(early |late )?(mornings?|afternoons?|evenings?|nights?|lunch ?time|lunch)\b", re.I)
_ANY = re.compile(r"\b(?:any ?time|whenever|all day|no preference|asap|as soon as possible)\b", re.I)
_FILLER = re.compile(
    r"\b(?:please|pls|is|are|good|best|better|works?|fine|for me|i am|i'm|im|free|available|on|in|the|or|and|of|me|"
    r"would be|great|ok|okay|sometime|a|at)\b|[,.!&/]",
    re.I,
)
_EXPLICIT = re.compile(
    r"\b(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*\.? \d|\b\d{1,2}/\d{1,2}\b|\bin \d+ (?:hour|day)",
    re.I,
)


def read_when(text: str, *, now: datetime, zone: str) -> str | None:
    """The time as staff and patient read it, or None where the words were not understood.

    `now` has a time zone; `zone` is the clinic's IANA name, "" where unknown: then "tomorrow" is not understood.

    >>> from datetime import timezone
    >>> read_when("tomorrow after 3", now=datetime(2026, 11, 23, 15, tzinfo=timezone.utc), zone="America/New_York")
    'Tuesday, November 24, after 3 PM, Eastern time'
    """
    today = now.astimezone(ZoneInfo(zone)).date() if zone else None
    if _EXPLICIT.search(text):
        return _explicit(text, now, zone)
    rest, days = _take_days(text, today)
    rest, times = _take_times(rest)
    if _FILLER.sub("", rest).strip() or days is None:
        return None
    said = ", ".join([*days, *times])
    return f"{said}, {zone_words(zone)}" if said and zone else said or None


def zone_words(zone: str) -> str:
    """ "America/New_York" as "Eastern time"."""
    return f"{ZONES.get(zone, zone.rsplit('/', 1)[-1].replace('_', ' '))} time"


def _take_days(text: str, today: date | None) -> tuple[str, list[str] | None]:
    """The text without its days, and these as they are read back; None where they need a clock that is unknown."""
    days: list[str] = []
    for match in _DAY_WORD.finditer(text):
        day = _day(match, today)
        if day is None:
            return text, None
        days.append(day)
    return _DAY_WORD.sub(" ", text), [" or ".join(days)] if days else []


def _day(match: re.Match[str], today: date | None) -> str | None:
    relative, name, several, weekdays, weekends, _ = match.groups()
    if weekdays or weekends:
        return "Weekdays" if weekdays else "Weekends"
    if name:
        number = next(n for n, day in enumerate(DAYS) if day[:3].casefold() == name[:3].casefold())
        if several or today is None:
            return DAYS[number] + ("s" if several else "")
        return _date(today + timedelta(days=(number - today.weekday() - 1) % 7 + 1))
    if not relative:
        return "Any day"
    if today is None:
        return None
    evening = " evening" if relative.casefold() == "tonight" else ""
    return _date(today + timedelta(days=relative.casefold()[:3] in ("tom", "tmr"))) + evening


def _date(day: date) -> str:
    return f"{day:%A, %B} {day.day}"


def _take_times(text: str) -> tuple[str, list[str]]:
    """The text without its times of day, and these as they are read back."""
    times: list[str] = []
    span = _SPAN.search(text)
    if span and _hours(span):
        times.append("between {} and {}".format(*_hours(span)))
        text = text.replace(span.group(), " ", 1)
    for match in _BOUND.finditer(text):
        hour = _hour(*match.groups()[1:])
        if hour:
            word = {"till": "until", "about": "around", "past": "after"}.get(match[1].casefold(), match[1].casefold())
            times.append(f"{word} {hour}")
            text = text.replace(match.group(), " ", 1)
    for match in _PART.finditer(text):
        times.append(" ".join(match.group().casefold().split()))
    text = _PART.sub(" ", text)
    if _ANY.search(text):
        times.append("any time")
    return _ANY.sub(" ", text), times


def _hours(span: re.Match[str]) -> tuple[str, ...]:
    groups = span.groups()
    first, last = groups[:4], groups[4:]
    if first[2] is None and last[2] == "p" and first[0] and last[0] and int(first[0]) <= int(last[0]) != 12:
        first = (first[0], first[1], "p", first[3])  # "2-4 pm"
    found = tuple(hour for hour in (_hour(*first), _hour(*last)) if hour)
    return found if len(found) == len((first, last)) else ()


def _hour(hour: str | None, minute: str | None, half: str | None, noon: str | None) -> str:
    """A time of day; without am or pm it is one of the working day (7 to 6). "" where there is none such."""
    if noon:
        return "noon"
    number = int(hour or 0)
    if number > 12 and not half and number < 24:
        number, half = number - 12, "p"
    if not 1 <= number <= 12 or int(minute or 0) > 59:
        return ""
    later = (half or ("p" if number in (12, 1, 2, 3, 4, 5, 6) else "a")).casefold() == "p"
    return f"{number}{':' + minute if minute else ''} {'PM' if later else 'AM'}"


def _parsed(text: str, here: datetime, *, prefer: str) -> datetime | None:
    options = {"PREFER_DATES_FROM": prefer, "RELATIVE_BASE": here, "RETURN_AS_TIMEZONE_AWARE": False}
    found: datetime | None = dateparser.parse(_FILLER.sub(" ", text), languages=["en"], settings=options)
    return found


def _explicit(text: str, now: datetime, zone: str) -> str | None:
    """A date that is written out, as `dateparser` reads it; never one that has passed, or is further than AHEAD."""
    if not zone:
        return None
    here = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    today = here.replace(hour=0, minute=0, second=0, microsecond=0)
    # of this year, today too; else of the next ("1/5", said in December), but no date that has just passed
    found = _parsed(text, here, prefer="current_period")
    if found is not None and found < today:
        found = _parsed(text, here, prefer="future")
    if found is None or not today <= found <= today + AHEAD:
        return None
    timed = re.search(r"\d\s*(?:am|pm|a\.m|p\.m)|\d:\d\d|\bin \d+ hour", text, re.I)
    clock = f", {found.hour % 12 or 12}:{found.minute:02} {'AM' if found.hour < 12 else 'PM'}" if timed else ""
    return f"{_date(found.date())}{clock}, {zone_words(zone)}"
