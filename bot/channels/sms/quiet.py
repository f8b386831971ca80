"""Quiet hours: when a text that the patient did not ask for just now may be sent."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

OPENS, CLOSES = time(8), time(21)  # the patient's local time, as the telephone rules (47 CFR 64.1200) have it
# A clinic that names no time zone may have patients anywhere in the United States: day in all of them.
ANYWHERE = (ZoneInfo("America/New_York"), ZoneInfo("Pacific/Honolulu"))
STEP = timedelta(minutes=15)


def allowed(now: datetime, zone: ZoneInfo | None) -> bool:
    """Whether it is day at an aware time, in the clinic's zone or, where it names none, everywhere in the country."""
    return all(OPENS <= now.astimezone(z).time() < CLOSES for z in ((zone,) if zone else ANYWHERE))


def next_allowed(now: datetime, zone: ZoneInfo | None) -> datetime:
    """The first time from `now` (aware) on at which such a text may go; `now` itself where it may go at once."""
    moment = now
    while not allowed(moment, zone):
        moment = (moment + STEP).replace(minute=(moment + STEP).minute // 15 * 15, second=0, microsecond=0)
    return moment
