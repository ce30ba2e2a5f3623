"""The clock of a complaint: when it is due, and which rungs of the ladder it has reached"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Code of before files and disputes as it did: what it writes no clock for is adopted by the new one.
    with op.batch_alter_table("complaints") as table:
        table.add_column(sa.Column("period_begins", sa.Date(), nullable=True))
        table.add_column(sa.Column("due_at", MOMENT, nullable=True))
        table.add_column(sa.Column("climbed", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("climbs_at", MOMENT, nullable=True))
        table.add_column(sa.Column("level", sa.String(length=20), nullable=True))
    op.create_index(
        "ix_complaints_climbs_at",
        "complaints",
        ["climbs_at"],
        postgresql_where=sa.text("climbs_at IS NOT NULL"),
        sqlite_where=sa.text("climbs_at IS NOT NULL"),
    )
    op.create_table(
        "escalations",
        sa.Column("complaint_id", sa.String(length=36), nullable=False),
        sa.Column("period_begins", sa.Date(), nullable=False),
        sa.Column("rung", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_escalations_complaint_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("complaint_id", "period_begins", "rung", name=op.f("pk_escalations")),
    )


def downgrade() -> None:
    op.drop_table("escalations")
    op.drop_index("ix_complaints_climbs_at", table_name="complaints")
    with op.batch_alter_table("complaints") as table:
        for column in ("level", "climbs_at", "climbed", "due_at", "period_begins"):
            table.drop_column(column)
