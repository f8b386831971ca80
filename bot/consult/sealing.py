"""Between a submission as the program has it and its row, in which personal fields are sealed."""

from __future__ import annotations

import json
from typing import Any

from bot.consult.keys import Keyring
from bot.consult.model import Consent, ConsultRequest

SEALED = ("name", "phone", "email", "contact_when", "reason_text")
PLAIN = (
    "channel", "conversation", "form_run", "contact_method", "timezone", "reason", "urgent", "history_consent",
    "created_at",
)  # fmt: skip


def about(submission: str, column: str) -> str:
    """The place of a sealed value, which it is bound to."""
    return f"submission.{submission}.{column}"


def row_of(request: ConsultRequest, keys: Keyring, *, submission: str, public_id: str) -> dict[str, Any]:
    """The row of SUBMISSIONS for a request; `submission` is its id."""
    row: dict[str, Any] = {column: getattr(request, column) for column in PLAIN}
    for column in SEALED:
        value = getattr(request, column)
        row[f"{column}_sealed"] = None if value is None else keys.seal(value, about(submission, column))
    row["history_sealed"] = keys.seal(json.dumps(request.history), about(submission, "history"))
    sms = request.sms_consent
    return row | {
        "id": submission,
        "public_id": public_id,
        "phone_hash": keys.fingerprint(request.phone) if request.phone else None,
        "email_hash": keys.fingerprint(request.email) if request.email else None,
        "consent": request.consent.words,
        "consent_version": request.consent.version,
        "consent_at": request.consent.at,
        "sms_consent": sms.words if sms else None,
        "sms_consent_version": sms.version if sms else None,
        "sms_consent_at": sms.at if sms else None,
    }


def request_of(row: Any, keys: Keyring, *, clinic: str) -> ConsultRequest:
    """The request that a row of SUBMISSIONS holds. Raises ConsultKeyError where a value cannot be opened."""
    opened: dict[str, Any] = {
        column: None
        if row[f"{column}_sealed"] is None
        else keys.open(row[f"{column}_sealed"], about(row["id"], column))
        for column in SEALED
    }
    return ConsultRequest(
        clinic=clinic,
        consent=Consent(row["consent"], row["consent_version"], row["consent_at"]),
        sms_consent=(
            Consent(row["sms_consent"], row["sms_consent_version"], row["sms_consent_at"])
            if row["sms_consent"] is not None
            else None
        ),
        history=tuple(json.loads(keys.open(row["history_sealed"], about(row["id"], "history")))),
        **opened,
        **{column: row[column] for column in PLAIN},
    )
