"""The ledger's tables. Times are seconds since 1970; what is sealed is encrypted, senders are keyed hashes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Column, Float, Index, Integer, MetaData, String, Table, Text, create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.pool import QueuePool

from bot.tables import make_tables

METADATA = MetaData()

# A message of a patient. state: new (a turn is to run), part (of the turn of `head`), done.
INBOX = Table(
    "sms_inbox",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("sid", String(64), nullable=False, unique=True),
    Column("sender", String(40), nullable=False),
    Column("number", String(64), nullable=False),
    Column("sealed_from", Text),
    Column("sealed_body", Text),
    Column("media", Integer, nullable=False, default=0),
    Column("control", String(8), nullable=False, default=""),
    Column("state", String(8), nullable=False),
    Column("head", String(64)),
    Column("kind", String(20)),
    Column("owner", String(120), nullable=False),
    Column("lease", Float, nullable=False),
    Column("runs", Integer, nullable=False, default=1),
    Column("received_at", Float, nullable=False),
    Index("sms_inbox_state", "state", "lease"),
)
# A message of ours. state: handing (in a response being written, or at the REST API), ready (for the REST API), check
# (perhaps sent: the provider is asked), sent, delivered, failed, suppressed.
OUTBOX = Table(
    "sms_outbox",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("public_id", String(32), nullable=False, unique=True),
    Column("reply_to", String(64), unique=True),
    Column("sender", String(40), nullable=False),
    Column("clinic", String(80), nullable=False),
    Column("number", String(64), nullable=False),
    Column("sealed_to", Text),
    Column("sealed_body", Text),
    Column("exempt", Boolean, nullable=False, default=False),
    Column("notice", Boolean, nullable=False, default=False),  # of no use; tables that exist want a value
    Column("state", String(12), nullable=False),
    Column("via", String(8), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due", Float, nullable=False),
    Column("owner", String(120), nullable=False),
    Column("lease", Float, nullable=False),
    Column("provider_sid", String(64)),
    Column("error", Integer),
    Column("since", Float, nullable=False),
    Column("created_at", Float, nullable=False),
    Index("sms_outbox_state", "state", "due"),
    Index("sms_outbox_sender", "sender", "id"),
)
# A patient at a clinic. A new epoch is a new conversation: an opt-out ends the old one.
SENDERS = Table(
    "sms_senders",
    METADATA,
    Column("sender", String(40), primary_key=True),
    Column("clinic", String(80), nullable=False),
    Column("first_at", Float, nullable=False),
    Column("introduced", Boolean, nullable=False, default=False),
    Column("epoch", Integer, nullable=False, default=0),
    Column("out_by", String(12)),
    Column("said_at", Float),
    Column("sealed_rest", Text),
    Column("sealed_choices", Text),
)
# Every opt-out and opt-in, with the words and the time; never changed.
CONSENT = Table(
    "sms_consent",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("sender", String(40), nullable=False, index=True),
    Column("clinic", String(80), nullable=False),
    Column("change", String(3), nullable=False),
    Column("how", String(12), nullable=False),
    Column("sealed_words", Text, nullable=False),
    Column("at", Float, nullable=False),
)

# One row, sealed with the key that the rest is sealed with.
KEY = Table("sms_key", METADATA, Column("id", Integer, primary_key=True), Column("sealed", Text, nullable=False))


def open_database(url: str) -> Engine:
    """The database at an SQLAlchemy address, with the ledger's tables."""
    parsed = make_url(url)
    sqlite = parsed.get_backend_name() == "sqlite"
    if sqlite and parsed.database not in (None, "", ":memory:"):
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    # SQLite connections are kept: closing the last one would copy the whole log back into the file each time
    pool = {"poolclass": QueuePool, "connect_args": {"check_same_thread": False}} if sqlite else {}
    engine = create_engine(url, future=True, hide_parameters=True, **pool)
    if sqlite:
        event.listen(engine, "connect", _durable)
        event.listen(engine, "begin", _begin)
    make_tables(engine, METADATA)
    return engine


def _durable(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin`, not by the driver
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")  # two processes wait for each other instead of failing
