"""Complaints, the people who brought them, their history; officers; messaging tables; rules of due dates"""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# The rule's own first day was not found; no complaint here is older than this one. PermenPANRB 62/2018 is
# said to be replaced by PermenPANRB 5/2025, whose text was not seen: a change will be a new row.
FIRST_DAY = date(2019, 1, 1)
BASIS = "PermenPANRB 62/2018 (praktik SP4N-LAPOR!): {}"
SLA_RULES = (
    ("information", 5, "permintaan informasi 5 hari kerja"),
    ("aspiration", 5, "aspirasi 5 hari kerja"),
    ("complaint", 14, "pengaduan tidak berkadar pengawasan 14 hari kerja"),
)


def upgrade() -> None:
    _officers()
    _messaging()
    _complaints()
    _rules_and_places()
    _first_rules()


def _officers() -> None:
    """Accounts of those who work at the desk."""
    op.create_table(
        "officers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("username", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officers")),
        sa.UniqueConstraint("username", name=op.f("uq_officers_username")),
    )
    op.create_table(
        "officer_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officers.id"], name=op.f("fk_officer_sessions_officer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_officer_sessions")),
    )
    op.create_index(op.f("ix_officer_sessions_expires_at"), "officer_sessions", ["expires_at"], unique=False)
    op.create_index(op.f("ix_officer_sessions_officer_id"), "officer_sessions", ["officer_id"], unique=False)


def _messaging() -> None:
    """Outbox, inbox, parking and commands, as every service has them."""
    op.create_table(
        "outbox",
        sa.Column("position", COUNT, autoincrement=True, nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("stream", sa.String(length=160), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sequence", COUNT, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before", MOMENT, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_outbox")),
        sa.UniqueConstraint("event_id", name=op.f("uq_outbox_event_id")),
    )
    op.create_index("ix_outbox_sent_at", "outbox", ["sent_at"], unique=False)
    op.create_index(
        "ix_outbox_unsent",
        "outbox",
        ["position"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NULL"),
        sqlite_where=sa.text("sent_at IS NULL"),
    )
    op.create_table(
        "streams",
        sa.Column("stream", sa.String(length=160), nullable=False),
        sa.Column("last_sequence", COUNT, nullable=False),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_streams")),
    )
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.String(length=100), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("consumer", "event_id", name=op.f("pk_inbox")),
    )
    op.create_index(op.f("ix_inbox_received_at"), "inbox", ["received_at"], unique=False)
    op.create_table(
        "failed_messages",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("consumer", sa.String(length=100), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=True),
        sa.Column("type", sa.String(length=80), nullable=True),
        sa.Column("content_type", sa.String(length=100), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("next_attempt_at", MOMENT, nullable=True),
        sa.Column("first_failed_at", MOMENT, nullable=False),
        sa.Column("last_failed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_messages")),
    )
    op.create_index(
        "ix_failed_messages_state_next_attempt_at",
        "failed_messages",
        ["state", "next_attempt_at"],
        unique=False,
    )
    op.create_index(
        "uq_failed_messages_consumer_event_id", "failed_messages", ["consumer", "event_id"], unique=True
    )
    op.create_table(
        "commands",
        sa.Column("scope", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("response", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name=op.f("pk_commands")),
    )
    op.create_index(op.f("ix_commands_created_at"), "commands", ["created_at"], unique=False)


def _complaints() -> None:
    """Complaints; who brought them; what happened with them."""
    op.create_table(
        "complaints",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("classification", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("agency", sa.String(length=40), nullable=False),
        sa.Column("site", sa.String(length=60), nullable=True),
        sa.Column("service", sa.String(length=60), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("due_basis", sa.Text(), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("disputed_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("ticket_id", sa.String(length=36), nullable=True),
        sa.Column("ticket_number", sa.String(length=10), nullable=True),
        sa.Column("ticket_agency", sa.String(length=40), nullable=True),
        sa.Column("ticket_site", sa.String(length=60), nullable=True),
        sa.Column("ticket_service", sa.String(length=60), nullable=True),
        sa.Column("ticket_counter", sa.String(length=60), nullable=True),
        sa.Column("ticket_day", sa.Date(), nullable=True),
        sa.Column("link_at", MOMENT, nullable=True),
        sa.Column("link_attempts", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "classification IN ('complaint', 'information', 'aspiration')",
            name=op.f("ck_complaints_classification"),
        ),
        sa.CheckConstraint(
            "state IN ('received', 'in_progress', 'answered', 'disputed', 'closed')",
            name=op.f("ck_complaints_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("number", name=op.f("uq_complaints_number")),
    )
    op.create_index(op.f("ix_complaints_link_at"), "complaints", ["link_at"], unique=False)
    op.create_index("ix_complaints_state_due_on", "complaints", ["state", "due_on"], unique=False)
    op.create_index(op.f("ix_complaints_ticket_id"), "complaints", ["ticket_id"], unique=False)
    op.create_table(
        "complaint_people",
        sa.Column("complaint_id", sa.String(length=36), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("reachable", sa.Boolean(), nullable=False),
        sa.Column("ticket_token", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_complaint_people_complaint_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("complaint_id", name=op.f("pk_complaint_people")),
    )
    op.create_table(
        "complaint_entries",
        sa.Column("id", COUNT, autoincrement=True, nullable=False),
        sa.Column("complaint_id", sa.String(length=36), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(length=10), nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_complaint_entries_complaint_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officers.id"], name=op.f("fk_complaint_entries_officer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_entries")),
    )
    op.create_index(
        op.f("ix_complaint_entries_complaint_id"), "complaint_entries", ["complaint_id"], unique=False
    )
    op.create_table(
        "number_counters",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_number_counters")),
    )


def _rules_and_places() -> None:
    """By when something is answered, and what places are called."""
    op.create_table(
        "sla_rules",
        sa.Column("id", COUNT, autoincrement=True, nullable=False),
        sa.Column("classification", sa.String(length=20), nullable=False),
        sa.Column("agency", sa.String(length=40), nullable=True),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("working_days > 0", name=op.f("ck_sla_rules_working_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_rules")),
    )
    op.create_table(
        "day_exceptions",
        sa.Column("site", sa.String(length=60), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("site", "day", name=op.f("pk_day_exceptions")),
    )
    op.create_table(
        "agencies",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_id", sa.String(length=200), nullable=True),
        sa.Column("name_en", sa.String(length=200), nullable=True),
        sa.Column("ask_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_agencies")),
    )
    op.create_table(
        "place_names",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("agency", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name_id", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("time_zone", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("kind", "agency", "code", name=op.f("pk_place_names")),
    )


def _first_rules() -> None:
    """The three classes of the national complaint form."""
    rules = sa.table(
        "sla_rules",
        sa.column("classification", sa.String),
        sa.column("working_days", sa.Integer),
        sa.column("basis", sa.Text),
        sa.column("valid_from", sa.Date),
    )
    op.bulk_insert(
        rules,
        [
            {
                "classification": classification,
                "working_days": working_days,
                "basis": BASIS.format(promise),
                "valid_from": FIRST_DAY,
            }
            for classification, working_days, promise in SLA_RULES
        ],
    )


def downgrade() -> None:
    for table in (
        "place_names",
        "agencies",
        "day_exceptions",
        "sla_rules",
        "number_counters",
        "complaint_entries",
        "complaint_people",
        "complaints",
        "commands",
        "failed_messages",
        "inbox",
        "streams",
        "outbox",
        "officer_sessions",
        "officers",
    ):
        op.drop_table(table)
