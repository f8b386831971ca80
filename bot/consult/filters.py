"""Which requests a member of staff looks for, as a query."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from bot.consult.errors import InvalidFieldError
from bot.consult.fields import parse_contact
from bot.consult.keys import Keyring
from bot.consult.tables import REQUESTS, SUBMISSIONS

STATUSES = ("new", "contacted", "scheduled", "closed", "unreachable", "spam")


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Unset fields do not narrow. `assignee` "" means unassigned. `search` is a public id, a phone or an email.

    `overdue_at` finds new requests whose time to be seen to ended before it. A name is not searched for here, because
    names are encrypted: see StaffQueue.list.
    """

    clinic: str | None = None
    status: str | None = None
    assignee: str | None = None
    urgent: bool | None = None
    overdue_at: datetime | None = None
    search: str = field(default="", repr=False)


def matching(chosen: Filter, keys: Keyring, *, clinics: Collection[str] | None) -> Any:
    """The condition on REQUESTS; `clinics` are those that the caller may see (None: all)."""
    conditions = [REQUESTS.c.public_id.is_not(None)]
    if clinics is not None:
        conditions.append(REQUESTS.c.clinic.in_(sorted(clinics)))
    if chosen.clinic is not None:
        conditions.append(REQUESTS.c.clinic == chosen.clinic)
    if chosen.status is not None:
        conditions.append(REQUESTS.c.status == chosen.status)
    if chosen.assignee is not None:
        conditions.append(func.coalesce(REQUESTS.c.assignee, "") == chosen.assignee)
    if chosen.urgent is not None:
        conditions.append(REQUESTS.c.urgent == chosen.urgent)
    if chosen.overdue_at is not None:
        conditions += [REQUESTS.c.status == "new", REQUESTS.c.due_at < chosen.overdue_at]
    if chosen.search.strip():
        conditions.append(_found_by(chosen.search.strip(), keys))
    return and_(*conditions)


def of_contact(contact: str, keys: Keyring) -> Any:
    """The condition that a request has a submission with this phone (E.164) or email."""
    hashes = keys.fingerprints(contact)
    found = or_(SUBMISSIONS.c.phone_hash.in_(hashes), SUBMISSIONS.c.email_hash.in_(hashes))
    return REQUESTS.c.public_id.in_(select(SUBMISSIONS.c.public_id).where(found))


def _found_by(text: str, keys: Keyring) -> Any:
    by_id = REQUESTS.c.public_id == text.upper()
    try:
        return or_(by_id, of_contact(parse_contact(text).shown, keys))
    except InvalidFieldError:
        return by_id
