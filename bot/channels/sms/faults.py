"""What the provider's error codes ask for: give up, note an opt-out, or try again later."""

from __future__ import annotations

from typing import Literal

Verdict = Literal["suppress", "again", "give up"]

OPTED_OUT = 21610  # the number has answered STOP
TOO_LONG = 21617  # more than 1,600 characters: a fault of ours, the same text will never go
# 429 and 20429: too many requests. 30001: the queue is full. 30003: the phone is off or out of reach.
# 30008: unknown error of the carrier. 30022, 30027: carriers' limits for the minute, the day.
PASSING = frozenset({429, 20429, 30001, 30003, 30008, 30022, 30027})
# For good, by Twilio's own pages: 30002 account suspended, 30004 blocked by the carrier or the patient, 30005 unknown
# number, 30006 landline, 30007 filtered as spam, 21211 and 21614 no mobile number, 21408 and 21606 not permitted.
BACKOFF = (5.0, 30.0, 120.0, 600.0)  # seconds before each further try by the REST API
BACKOFF_UNREACHED = (60.0, 600.0, 1800.0)  # ... where the carrier reports it later


def verdict(code: int | None, status: int | None = None) -> Verdict:
    """What to do about an error code of the provider, or an HTTP status of its API.

    >>> verdict(21610), verdict(30003), verdict(30007), verdict(None, 503)
    ('suppress', 'again', 'give up', 'again')
    """
    if code == OPTED_OUT:
        return "suppress"
    if code in PASSING or status == 429 or (status or 0) >= 500:
        return "again"
    return "give up"


def wait(attempts: int, *, reported: bool = False) -> float | None:
    """Seconds before the next try after `attempts` of them, None where there is none.

    `reported` says that the API had taken the message and the carrier reported the failure later.
    """
    waits = BACKOFF_UNREACHED if reported else BACKOFF
    return waits[attempts - 1] if 1 <= attempts <= len(waits) else None
