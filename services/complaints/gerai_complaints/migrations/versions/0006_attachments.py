"""Files that people add to complaints; their contents are kept outside the database"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
LOOSE = sa.text("complaint_id IS NULL")
UNKNOWN = sa.text("verdict IS NULL")


def upgrade() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("complaint_id", sa.String(length=36), nullable=True),
        sa.Column("by", sa.String(length=10), nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", MOMENT, nullable=False),
        sa.Column("stored_at", MOMENT, nullable=True),
        sa.Column("attached_at", MOMENT, nullable=True),
        sa.Column("verdict", sa.String(length=20), nullable=True),
        sa.Column("scan_at", MOMENT, nullable=False),
        sa.Column("scan_attempts", sa.Integer(), nullable=False),
        sa.Column("removing_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "verdict IN ('clean', 'infected', 'unscannable')", name=op.f("ck_attachments_verdict")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_attachments_complaint_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_attachments_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index("ix_attachments_complaint_id", "attachments", ["complaint_id"])
    op.create_index(
        "ix_attachments_loose_uploaded_at",
        "attachments",
        ["uploaded_at"],
        postgresql_where=LOOSE,
        sqlite_where=LOOSE,
    )
    op.create_index(
        "ix_attachments_scan_at",
        "attachments",
        ["scan_at"],
        postgresql_where=UNKNOWN,
        sqlite_where=UNKNOWN,
    )


def downgrade() -> None:
    op.drop_table("attachments")
