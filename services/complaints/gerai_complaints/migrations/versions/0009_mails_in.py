"""Mails that came in: each once, and what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mails_in",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sender", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("complaint_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_mails_in_complaint_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails_in")),
    )
    op.create_index(op.f("ix_mails_in_received_at"), "mails_in", ["received_at"])
    op.create_index(op.f("ix_mails_in_sender_received_at"), "mails_in", ["sender", "received_at"])
    op.create_index(op.f("ix_mails_in_complaint_id"), "mails_in", ["complaint_id"])


def downgrade() -> None:
    op.drop_table("mails_in")
