"""Dossiers for the Ombudsman: versions, their files, who has taken them"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _dossiers()
    op.create_table(
        "dossier_parts",
        sa.Column("dossier_id", COUNT, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_parts_dossier_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("dossier_id", "name", name=op.f("pk_dossier_parts")),
    )
    op.create_table(
        "dossier_downloads",
        sa.Column("id", COUNT, autoincrement=True, nullable=False),
        sa.Column("dossier_id", COUNT, nullable=False),
        sa.Column("part", sa.String(80), nullable=False),
        sa.Column("officer_id", sa.String(36), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_downloads_dossier_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officers.id"], name=op.f("fk_dossier_downloads_officer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_downloads")),
    )
    op.create_index(op.f("ix_dossier_downloads_dossier_id"), "dossier_downloads", ["dossier_id"])


def _dossiers() -> None:
    op.create_table(
        "dossiers",
        sa.Column("id", COUNT, autoincrement=True, nullable=False),
        sa.Column("complaint_id", sa.String(36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("due_since", MOMENT, nullable=False),
        sa.Column("asked_by", sa.String(36), nullable=True),
        sa.Column("names_complainant", sa.Boolean(), nullable=False),
        sa.Column("has_notes", sa.Boolean(), nullable=False),
        sa.Column("make_at", MOMENT, nullable=True),
        sa.Column("made_at", MOMENT, nullable=True),
        sa.Column("last_entry", COUNT, nullable=True),
        sa.Column("document_digest", sa.String(64), nullable=True),
        sa.Column("print_digest", sa.String(64), nullable=True),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("handed_over_at", MOMENT, nullable=True),
        sa.Column("handed_over_to", sa.String(36), nullable=True),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_dossiers_complaint_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["officers.id"], name=op.f("fk_dossiers_asked_by")),
        sa.ForeignKeyConstraint(["handed_over_to"], ["officers.id"], name=op.f("fk_dossiers_handed_over_to")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers")),
        sa.UniqueConstraint("complaint_id", "version", name=op.f("uq_dossiers_complaint_id_version")),
    )
    op.create_index(
        "uq_dossiers_due",
        "dossiers",
        ["complaint_id"],
        unique=True,
        postgresql_where=sa.text("made_at IS NULL"),
        sqlite_where=sa.text("made_at IS NULL"),
    )
    op.create_index(
        "ix_dossiers_make_at",
        "dossiers",
        ["make_at"],
        postgresql_where=sa.text("make_at IS NOT NULL"),
        sqlite_where=sa.text("make_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("dossier_downloads")
    op.drop_table("dossier_parts")
    op.drop_table("dossiers")
