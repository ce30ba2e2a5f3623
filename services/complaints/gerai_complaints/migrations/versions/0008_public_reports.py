"""What the public may read of complaints; programs that report; numbers of the national platform"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "interface_clients",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interface_clients")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_interface_clients_key_hash")),
        sa.UniqueConstraint("name", name=op.f("uq_interface_clients_name")),
    )
    op.create_table(
        "public_reports",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("complaint_id", sa.String(length=36), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("agreed_at", MOMENT, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("moderated_at", MOMENT, nullable=True),
        sa.Column("address", sa.String(length=500), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("shows_place", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'published', 'withheld')", name=op.f("ck_public_reports_state")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["interface_clients.id"], name=op.f("fk_public_reports_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_public_reports_complaint_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_reports")),
        sa.UniqueConstraint("complaint_id", name=op.f("uq_public_reports_complaint_id")),
    )
    op.create_index("ix_public_reports_requested_at", "public_reports", ["requested_at", "id"])
    op.create_index("ix_public_reports_state_requested_at", "public_reports", ["state", "requested_at"])
    op.create_index(
        "ix_public_reports_client_id_content_hash", "public_reports", ["client_id", "content_hash"]
    )
    op.create_table(
        "public_report_moderations",
        sa.Column("id", COUNT, autoincrement=True, nullable=False),
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officers.id"], name=op.f("fk_public_report_moderations_officer_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["public_reports.id"],
            name=op.f("fk_public_report_moderations_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_report_moderations")),
    )
    op.create_index(
        op.f("ix_public_report_moderations_report_id"), "public_report_moderations", ["report_id"]
    )
    op.create_table(
        "national_reports",
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("complaint_id", sa.String(length=36), nullable=False),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=100), nullable=True),
        sa.Column("agency", sa.String(length=200), nullable=False),
        sa.Column("location", sa.String(length=500), nullable=True),
        sa.Column("category", sa.String(length=200), nullable=True),
        sa.Column("attachments", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_national_reports_complaint_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_national_reports")),
        sa.UniqueConstraint("complaint_id", name=op.f("uq_national_reports_complaint_id")),
    )


def downgrade() -> None:
    op.drop_table("national_reports")
    op.drop_table("public_report_moderations")
    op.drop_table("public_reports")
    op.drop_table("interface_clients")
