"""Messages, the mailbox of demonstrations, and the tables every deployment has."""

import sqlalchemy as sa
from alembic import op
from gerai_shared.database import CountingKey
from gerai_shared.times import AwareDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_messages()
    create_messaging()


def create_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("template", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", AwareDateTime(), nullable=True),
        sa.Column("valid_until", AwareDateTime(), nullable=True),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.Column("created_at", AwareDateTime(), nullable=False),
        sa.Column("sent_at", AwareDateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("event_id", "template", name="uq_messages_event_id_template"),
    )
    op.create_index("ix_messages_subject", "messages", ["subject"])
    op.create_index("ix_messages_created_at", "messages", ["created_at"])
    waiting = sa.text("state IN ('created', 'sending', 'temporary_failure')")
    op.create_index(
        "ix_messages_waiting",
        "messages",
        ["valid_until", "next_attempt_at"],
        postgresql_where=waiting,
        sqlite_where=waiting,
    )
    op.create_table(
        "mailbox",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("received_at", AwareDateTime(), nullable=False),
        sa.Column("mail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mailbox"),
    )
    op.create_index("ix_mailbox_received_at", "mailbox", ["received_at"])


def create_messaging() -> None:
    op.create_table(
        "outbox",
        sa.Column("position", CountingKey, autoincrement=True, nullable=False),
        sa.Column("event_id", sa.String(36), nullable=False),
        sa.Column("type", sa.String(80), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("stream", sa.String(160), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", AwareDateTime(), nullable=False),
        sa.Column("sequence", CountingKey, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before", AwareDateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("sent_at", AwareDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("position", name="pk_outbox"),
        sa.UniqueConstraint("event_id", name="uq_outbox_event_id"),
    )
    unsent = sa.text("sent_at IS NULL")
    op.create_index("ix_outbox_unsent", "outbox", ["position"], postgresql_where=unsent, sqlite_where=unsent)
    op.create_index("ix_outbox_sent_at", "outbox", ["sent_at"])
    op.create_table(
        "streams",
        sa.Column("stream", sa.String(160), nullable=False),
        sa.Column("last_sequence", CountingKey, nullable=False),
        sa.PrimaryKeyConstraint("stream", name="pk_streams"),
    )
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.String(100), nullable=False),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("received_at", AwareDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "event_id", name="pk_inbox"),
    )
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"])
    op.create_table(
        "failed_messages",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("consumer", sa.String(100), nullable=False),
        sa.Column("event_id", sa.String(64), nullable=True),
        sa.Column("type", sa.String(80), nullable=True),
        sa.Column("content_type", sa.String(100), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("next_attempt_at", AwareDateTime(), nullable=True),
        sa.Column("first_failed_at", AwareDateTime(), nullable=False),
        sa.Column("last_failed_at", AwareDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_failed_messages"),
    )
    op.create_index(
        "uq_failed_messages_consumer_event_id", "failed_messages", ["consumer", "event_id"], unique=True
    )
    op.create_index(
        "ix_failed_messages_state_next_attempt_at", "failed_messages", ["state", "next_attempt_at"]
    )
    op.create_table(
        "commands",
        sa.Column("scope", sa.String(100), nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("response", sa.Text(), nullable=True),
        sa.Column("created_at", AwareDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name="pk_commands"),
    )
    op.create_index("ix_commands_created_at", "commands", ["created_at"])


def downgrade() -> None:
    for table in ("commands", "failed_messages", "inbox", "streams", "outbox", "mailbox", "messages"):
        op.drop_table(table)
