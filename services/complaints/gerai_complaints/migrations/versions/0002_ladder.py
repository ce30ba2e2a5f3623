"""The clock of a complaint: when it is due, and which rungs of the ladder it has reached"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op
from gerai_shared.times import AwareDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OPEN = ("received", "in_progress", "disputed")


def upgrade() -> None:
    with op.batch_alter_table("complaints") as table:
        table.add_column(sa.Column("period_begins", sa.Date(), nullable=True))
        table.add_column(sa.Column("due_at", MOMENT, nullable=True))
        table.add_column(sa.Column("climbed", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("climbs_at", MOMENT, nullable=True))
        table.add_column(sa.Column("level", sa.String(length=20), nullable=True))
    _begin()
    with op.batch_alter_table("complaints") as table:
        table.alter_column("period_begins", existing_type=sa.Date(), nullable=False)
        table.alter_column("due_at", existing_type=MOMENT, nullable=False)
        table.alter_column("climbed", existing_type=sa.Integer(), server_default=None)
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


def _begin() -> None:
    """Start the clock of every complaint where it stands; the ladder is climbed as soon as the service runs."""
    complaints = sa.table(
        "complaints",
        sa.column("id", sa.String),
        sa.column("state", sa.String),
        sa.column("time_zone", sa.String),
        sa.column("received_at", AwareDateTime),
        sa.column("received_on", sa.Date),
        sa.column("disputed_at", AwareDateTime),
        sa.column("due_on", sa.Date),
        sa.column("period_begins", sa.Date),
        sa.column("due_at", AwareDateTime),
        sa.column("climbs_at", AwareDateTime),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(complaints)).all():
        zone = ZoneInfo(row.time_zone)
        disputed = row.disputed_at.astimezone(zone).date() if row.disputed_at else None
        due_at = datetime.combine(row.due_on + timedelta(days=1), time(), zone)
        connection.execute(
            sa.update(complaints)
            .where(complaints.c.id == row.id)
            .values(
                period_begins=disputed or row.received_on,
                due_at=due_at,
                climbs_at=row.received_at if row.state in OPEN else None,
            )
        )


def downgrade() -> None:
    op.drop_table("escalations")
    op.drop_index("ix_complaints_climbs_at", table_name="complaints")
    with op.batch_alter_table("complaints") as table:
        for column in ("level", "climbs_at", "climbed", "due_at", "period_begins"):
            table.drop_column(column)
