"""Requests as CSV for a spreadsheet: one line for each submission."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from bot.consult.model import REASONS
from bot.consult.records import StoredRequest

COLUMNS = (
    "id", "clinic", "channel", "status", "urgent", "assignee", "name", "phone", "email", "contact by", "when",
    "time zone", "about", "words", "sms consent", "asked before", "requested at", "contacted at", "closed at", "notes",
)  # fmt: skip
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run such a cell as a formula


def csv_of(requests: Iterable[StoredRequest]) -> str:
    """CSV with a heading. A cell that a spreadsheet could run gets an apostrophe in front."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for request in requests:
        for cells in _lines(request):
            writer.writerow([escaped(cell) for cell in cells])
    return out.getvalue()


def escaped(cell: str) -> str:
    """Safe to open in a spreadsheet."""
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell


def _lines(request: StoredRequest) -> Iterable[tuple[str, ...]]:
    notes = "\n".join(f"{note.at:%Y-%m-%d %H:%M} {note.author}: {note.text}" for note in request.notes)
    for sent in request.submissions:
        yield (
            request.public_id,
            request.clinic,
            sent.channel,
            request.status,
            _yes(sent.urgent),
            request.assignee or "",
            sent.name,
            sent.phone or "",
            sent.email or "",
            sent.contact_method,
            sent.contact_when,
            sent.timezone,
            REASONS[sent.reason],
            sent.reason_text,
            _yes(sent.sms_consent is not None),
            "\n".join(sent.history),
            sent.created_at.isoformat(timespec="seconds"),
            request.contacted_at.isoformat(timespec="seconds") if request.contacted_at else "",
            request.closed_at.isoformat(timespec="seconds") if request.closed_at else "",
            notes,
        )


def _yes(value: bool) -> str:
    return "yes" if value else "no"
