"""The first tables, and the triggers that keep the audit as it was written."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQLITE = """
CREATE TRIGGER consult_audit_no_{name} BEFORE {name} ON consult_audit
BEGIN SELECT RAISE(ABORT, 'audit rows cannot be changed'); END
"""
POSTGRESQL = (
    """
    CREATE FUNCTION consult_audit_is_append_only() RETURNS trigger AS $$
    BEGIN RAISE EXCEPTION 'audit rows cannot be changed'; END $$ LANGUAGE plpgsql
    """,
    """
    CREATE TRIGGER consult_audit_no_change BEFORE UPDATE OR DELETE ON consult_audit
    FOR EACH ROW EXECUTE FUNCTION consult_audit_is_append_only()
    """,
    """
    CREATE TRIGGER consult_audit_no_truncate BEFORE TRUNCATE ON consult_audit
    FOR EACH STATEMENT EXECUTE FUNCTION consult_audit_is_append_only()
    """,
)


def upgrade() -> None:
    """Make the tables; a table of an earlier trial version is dropped."""
    op.execute("DROP TABLE IF EXISTS consult_requests")
    op.create_table(
        "consult_audit",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("clinic", sa.String(length=80), nullable=True),
        sa.Column("public_id", sa.String(length=8), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_consult_audit_clinic"), "consult_audit", ["clinic"], unique=False)
    op.create_index(op.f("ix_consult_audit_public_id"), "consult_audit", ["public_id"], unique=False)
    op.create_table(
        "consult_keys",
        sa.Column("key_id", sa.String(length=20), nullable=False),
        sa.Column("proof_sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key_id"),
    )
    op.create_table(
        "consult_requests",
        sa.Column("public_id", sa.String(length=8), nullable=False),
        sa.Column("clinic", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("assignee", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contacted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("public_id"),
    )
    op.create_index(op.f("ix_consult_requests_clinic"), "consult_requests", ["clinic"], unique=False)
    op.create_index(op.f("ix_consult_requests_created_at"), "consult_requests", ["created_at"], unique=False)
    op.create_index(op.f("ix_consult_requests_status"), "consult_requests", ["status"], unique=False)
    op.create_table(
        "consult_users",
        sa.Column("username", sa.String(length=80), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("username"),
    )
    op.create_table(
        "consult_notes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("public_id", sa.String(length=8), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("text_sealed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["public_id"], ["consult_requests.public_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_consult_notes_public_id"), "consult_notes", ["public_id"], unique=False)
    op.create_table(
        "consult_outbox",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("public_id", sa.String(length=8), nullable=False),
        sa.Column("clinic", sa.String(length=80), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["public_id"], ["consult_requests.public_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_consult_outbox_due"), "consult_outbox", ["due"], unique=False)
    op.create_index(op.f("ix_consult_outbox_public_id"), "consult_outbox", ["public_id"], unique=False)
    op.create_table(
        "consult_roles",
        sa.Column("username", sa.String(length=80), nullable=False),
        sa.Column("clinic", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["username"], ["consult_users.username"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("username", "clinic"),
    )
    op.create_table(
        "consult_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["username"], ["consult_users.username"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index(op.f("ix_consult_sessions_username"), "consult_sessions", ["username"], unique=False)
    op.create_table(
        "consult_submissions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("public_id", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("conversation", sa.String(length=255), nullable=False),
        sa.Column("form_run", sa.String(length=80), nullable=False),
        sa.Column("name_sealed", sa.Text(), nullable=False),
        sa.Column("phone_sealed", sa.Text(), nullable=True),
        sa.Column("email_sealed", sa.Text(), nullable=True),
        sa.Column("phone_hash", sa.String(length=90), nullable=True),
        sa.Column("email_hash", sa.String(length=90), nullable=True),
        sa.Column("contact_method", sa.String(length=10), nullable=False),
        sa.Column("contact_when_sealed", sa.Text(), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("reason_text_sealed", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("consent_version", sa.String(length=20), nullable=False),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sms_consent", sa.Text(), nullable=True),
        sa.Column("sms_consent_version", sa.String(length=20), nullable=True),
        sa.Column("sms_consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("history_consent", sa.Boolean(), nullable=False),
        sa.Column("history_sealed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["public_id"], ["consult_requests.public_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("conversation", "form_run", name="one_submission_per_form_run"),
    )
    op.create_index(op.f("ix_consult_submissions_email_hash"), "consult_submissions", ["email_hash"], unique=False)
    op.create_index(op.f("ix_consult_submissions_phone_hash"), "consult_submissions", ["phone_hash"], unique=False)
    op.create_index(op.f("ix_consult_submissions_public_id"), "consult_submissions", ["public_id"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        for name in ("UPDATE", "DELETE"):
            op.execute(SQLITE.format(name=name))
    else:
        for statement in POSTGRESQL:
            op.execute(statement)


def downgrade() -> None:
    """There is nothing before the first version."""
    raise NotImplementedError("the first version cannot be undone")
