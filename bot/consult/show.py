"""Requests as text for the terminal and as plain data."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.consult.model import REASONS, ConsultRequest
from bot.consult.records import StoredRequest


def line(request: StoredRequest, now: datetime) -> str:
    """One line of a list."""
    marks = " ".join(word for word, holds in (("URGENT", request.urgent), ("OVERDUE", request.overdue(now))) if holds)
    cells = (request.public_id, f"{request.created_at:%Y-%m-%d %H:%M}Z", request.clinic, request.status,
             request.assignee or "-", request.latest.name, _contact(request.latest), marks)  # fmt: skip
    return "  ".join(cells).rstrip()


def page(request: StoredRequest, now: datetime) -> str:
    """All about one request."""
    lines = [line(request, now)]
    for sent in request.submissions:
        lines += [
            "",
            f"sent {sent.created_at:%Y-%m-%d %H:%M}Z by {sent.channel}",
            *(f"  {row}" for row in _fields(sent)),
        ]
    if request.notes:
        lines += ["", "notes", *(f"  {note.at:%Y-%m-%d %H:%M}Z {note.author}: {note.text}" for note in request.notes)]
    return "\n".join(lines)


def as_dict(request: StoredRequest) -> dict[str, Any]:
    """Plain data for JSON; times are ISO 8601 in UTC."""
    data: dict[str, Any] = _plain(asdict(request))
    return data


def _contact(sent: ConsultRequest) -> str:
    return " ".join(filter(None, (sent.phone, sent.email)))


def _fields(sent: ConsultRequest) -> list[str]:
    texts = f"yes, {sent.sms_consent.at:%Y-%m-%d %H:%M}Z" if sent.sms_consent else "no"
    rows = [
        f"name: {sent.name}",
        f"contact: {_contact(sent)}, by {sent.contact_method}",
        f"when: {sent.contact_when} ({sent.timezone or 'time zone unknown'})",
        f"about: {REASONS[sent.reason]}{': ' if sent.reason_text else ''}{sent.reason_text}",
        f"consent to texts: {texts}",
    ]
    return rows + [f"asked before: {question}" for question in sent.history]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value
