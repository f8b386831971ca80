"""Consult requests on disk: SQLite unless FAQBOT_DATABASE_URL names another database."""

from __future__ import annotations

import secrets
from pathlib import Path

from sqlalchemy import (
    Column,
    DateTime,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    insert,
    select,
)
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import IntegrityError

from bot.consult.model import ConsultRequest

_METADATA = MetaData()
REQUESTS = Table(
    "consult_requests",
    _METADATA,
    Column("public_id", String(12), primary_key=True),
    Column("clinic", String(80), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("conversation", String(120), nullable=False),
    Column("form_run", String(40), nullable=False),
    Column("name", String(80), nullable=False),
    Column("phone", String(20)),
    Column("email", String(320)),
    Column("contact_when", String(300), nullable=False),
    Column("reason", String(300), nullable=False),
    Column("consent", String(300), nullable=False),
    Column("consent_version", String(20), nullable=False),
    Column("agreed_at", DateTime(timezone=True), nullable=False),
    Column("status", String(20), nullable=False, default="new"),
    UniqueConstraint("conversation", "form_run", name="one_request_per_form_run"),
)
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no signs that are read alike


class ConsultStore:
    """Stores consult requests; the same form run twice is one request."""

    def __init__(self, url: str) -> None:
        """Open the database at an SQLAlchemy address, and make its table where it is missing."""
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
            Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        self._engine: Engine = create_engine(url, future=True, hide_parameters=True)  # no patient in a log
        _METADATA.create_all(self._engine)

    def add(self, request: ConsultRequest) -> str:
        """Store a request; returns the public id that the patient may quote.

        A second call for the same conversation and form run stores nothing and returns the first id.
        """
        public_id = "".join(secrets.choice(_ALPHABET) for _ in range(8))
        row = {
            "public_id": public_id,
            "clinic": request.clinic,
            "channel": request.channel,
            "conversation": request.conversation,
            "form_run": request.form_run,
            "name": request.name,
            "phone": request.contact.phone,
            "email": request.contact.email,
            "contact_when": request.when,
            "reason": request.reason,
            "consent": request.consent,
            "consent_version": request.consent_version,
            "agreed_at": request.agreed_at,
        }
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(REQUESTS).values(**row))
            return public_id
        except IntegrityError:
            with self._engine.connect() as connection:
                found = connection.execute(
                    select(REQUESTS.c.public_id).where(
                        REQUESTS.c.conversation == request.conversation,
                        REQUESTS.c.form_run == request.form_run,
                    )
                ).scalar_one()
            return str(found)

    def count(self) -> int:
        """How many requests are stored."""
        with self._engine.connect() as connection:
            return len(connection.execute(select(REQUESTS.c.public_id)).all())
