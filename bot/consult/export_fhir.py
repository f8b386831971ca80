"""Requests as FHIR R4B, readable as R5 too: a Task for each, and a QuestionnaireResponse for each submission."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from fhir.resources.R4B.bundle import Bundle

from bot.consult.model import REASONS, ConsultRequest
from bot.consult.records import StoredRequest

STATUS = {
    "new": "requested",
    "contacted": "in-progress",
    "scheduled": "accepted",
    "closed": "completed",
    "unreachable": "on-hold",
    "spam": "rejected",
}
SYSTEM = "urn:faqbot:consult-request"
_IDS = uuid.uuid5(uuid.NAMESPACE_URL, SYSTEM)


def fhir_of(requests: Iterable[StoredRequest]) -> str:
    """A Bundle of type collection as JSON. It was checked against the FHIR schema before it is returned."""
    entries = [entry for request in requests for entry in _entries(request)]
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "collection"}
    if entries:
        bundle["entry"] = entries
    return str(Bundle.parse_obj(bundle).json())


def _entries(request: StoredRequest) -> Iterator[dict[str, Any]]:
    answers = [_url(request, f"submission-{n}") for n in range(len(request.submissions))]
    yield {"fullUrl": _url(request, "task"), "resource": _task(request, answers)}
    for url, sent in zip(answers, request.submissions, strict=True):
        yield {"fullUrl": url, "resource": _response(request, sent)}


def _url(request: StoredRequest, part: str) -> str:
    return f"urn:uuid:{uuid.uuid5(_IDS, f'{request.public_id} {part}')}"


def _task(request: StoredRequest, answers: list[str]) -> dict[str, Any]:
    task: dict[str, Any] = {
        "resourceType": "Task",
        "identifier": [{"system": SYSTEM, "value": request.public_id}],
        "status": STATUS[request.status],
        "businessStatus": {"text": request.status},
        "intent": "order",
        "priority": "urgent" if request.urgent else "routine",
        "code": {"text": "Contact the patient"},
        "description": f"Consult request {request.public_id} to {request.clinic}",
        "focus": {"reference": answers[-1]},
        "for": {"display": request.latest.name},
        "authoredOn": _time(request.created_at),
        "lastModified": _time(request.updated_at),
        "input": [{"type": {"text": "submission"}, "valueReference": {"reference": url}} for url in answers],
    }
    if request.assignee:
        task["owner"] = {"display": request.assignee}
    if request.notes:
        task["note"] = [
            {"authorString": note.author, "time": _time(note.at), "text": note.text} for note in request.notes
        ]
    return task


def _response(request: StoredRequest, sent: ConsultRequest) -> dict[str, Any]:
    answers = (
        ("name", "Name", [sent.name]),
        ("phone", "Phone", [sent.phone]),
        ("email", "Email", [sent.email]),
        ("contact-method", "How to reach the patient", [sent.contact_method]),
        ("contact-when", "When to reach the patient", [sent.contact_when]),
        ("timezone", "Time zone of the clinic", [sent.timezone]),
        ("reason", "What it is about", [REASONS[sent.reason]]),
        ("reason-text", "In the patient's words", [sent.reason_text]),
        ("consent", "Consent to be contacted", [sent.consent.words]),
        ("sms-consent", "Consent to text messages", [sent.sms_consent.words if sent.sms_consent else None]),
        ("history", "What the patient asked before", list(sent.history)),
    )
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": SYSTEM,
        "status": "completed",
        "authored": _time(sent.created_at),
        "source": {"display": sent.name},
        "item": [
            {"linkId": link, "text": text, "answer": [{"valueString": value} for value in values if value]}
            for link, text, values in answers
            if any(values)
        ],
    }


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
