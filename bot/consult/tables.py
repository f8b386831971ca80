"""The tables. Columns named `…_sealed` are encrypted (bot/consult/keys.py); no other holds personal data.

A request (`consult_requests`) is what staff work through; a submission is one run through the form that the patient
agreed to. A second run by the same contact within a day is a second submission of the same request.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class UtcTime(TypeDecorator):
    """A time with time zone on the way in, in UTC on the way out; SQLite itself would drop the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """To UTC. Raises ValueError for a time without zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without time zone")
        value = value.astimezone(timezone.utc)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """With its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


METADATA = MetaData()

REQUESTS = Table(
    "consult_requests",
    METADATA,
    Column("public_id", String(8), primary_key=True),
    Column("clinic", String(80), nullable=False, index=True),
    Column("channel", String(20), nullable=False),
    Column("status", String(20), nullable=False, index=True),
    Column("urgent", Boolean, nullable=False),
    Column("assignee", String(80)),
    Column("created_at", UtcTime, nullable=False, index=True),
    Column("updated_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("contacted_at", UtcTime),
    Column("closed_at", UtcTime),
)

SUBMISSIONS = Table(
    "consult_submissions",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column(
        "public_id", String(8), ForeignKey("consult_requests.public_id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("channel", String(20), nullable=False),
    Column("conversation", String(255), nullable=False),
    Column("form_run", String(80), nullable=False),
    Column("name_sealed", Text, nullable=False),
    Column("phone_sealed", Text),
    Column("email_sealed", Text),
    Column("phone_hash", String(90), index=True),
    Column("email_hash", String(90), index=True),
    Column("contact_method", String(10), nullable=False),
    Column("contact_when_sealed", Text, nullable=False),
    Column("timezone", String(60), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("reason_text_sealed", Text, nullable=False),
    Column("consent", Text, nullable=False),
    Column("consent_version", String(20), nullable=False),
    Column("consent_at", UtcTime, nullable=False),
    Column("sms_consent", Text),
    Column("sms_consent_version", String(20)),
    Column("sms_consent_at", UtcTime),
    Column("urgent", Boolean, nullable=False),
    Column("history_consent", Boolean, nullable=False),
    Column("history_sealed", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("conversation", "form_run", name="one_submission_per_form_run"),
)

NOTES = Table(
    "consult_notes",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column(
        "public_id", String(8), ForeignKey("consult_requests.public_id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("author", String(80), nullable=False),
    Column("text_sealed", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

OUTBOX = Table(
    "consult_outbox",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column(
        "public_id", String(8), ForeignKey("consult_requests.public_id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("clinic", String(80), nullable=False),
    Column("event", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", Float, nullable=False, index=True),  # seconds since 1970: when to try next, or the lease ends
    Column("lease", String(32)),
    Column("delivered_at", UtcTime),
    Column("dead_at", UtcTime),
    Column("last_error", String(200)),
)

AUDIT = Table(  # triggers refuse to change or delete its rows
    "consult_audit",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("action", String(40), nullable=False),
    Column("clinic", String(80), index=True),
    Column("public_id", String(8), index=True),
    Column("detail", Text, nullable=False),
)

USERS = Table(
    "consult_users",
    METADATA,
    Column("username", String(80), primary_key=True),
    Column("password_hash", String(200), nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("failed_logins", Integer, nullable=False),
    Column("locked_until", UtcTime),
    Column("last_login_at", UtcTime),
    Column("created_at", UtcTime, nullable=False),
)

ROLES = Table(
    "consult_roles",
    METADATA,
    Column("username", String(80), ForeignKey("consult_users.username", ondelete="CASCADE"), primary_key=True),
    Column("clinic", String(80), primary_key=True),
    Column("role", String(10), nullable=False),
)

SESSIONS = Table(
    "consult_sessions",
    METADATA,
    Column("token_hash", String(64), primary_key=True),
    Column(
        "username", String(80), ForeignKey("consult_users.username", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("created_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
)

KEYS = Table(  # a known text sealed with each key in use: a wrong or missing key is found at the start
    "consult_keys",
    METADATA,
    Column("key_id", String(20), primary_key=True),
    Column("proof_sealed", Text, nullable=False),
)
