"""What was erased of complaints, or will be."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WAITING = sa.text("person_erased_at IS NULL")
OVER = sa.text("closed_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("complaint_id", sa.String(length=36), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=10), nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=True),
        sa.Column("why", sa.String(length=300), nullable=True),
        sa.Column("person_erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contents_erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("\"by\" IN ('citizen', 'officer', 'system')", name=op.f("ck_erasures_by")),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_erasures_complaint_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_erasures_officer_id")),
        sa.PrimaryKeyConstraint("complaint_id", name=op.f("pk_erasures")),
    )
    op.create_index(
        "ix_erasures_waiting", "erasures", ["asked_at"], postgresql_where=WAITING, sqlite_where=WAITING
    )
    op.create_index(
        "ix_complaints_closed_at", "complaints", ["closed_at"], postgresql_where=OVER, sqlite_where=OVER
    )
    op.add_column(
        "pvl_consultations", sa.Column("contact_erased_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("pvl_consultations", "contact_erased_at")
    op.drop_index("ix_complaints_closed_at", table_name="complaints")
    op.drop_table("erasures")
