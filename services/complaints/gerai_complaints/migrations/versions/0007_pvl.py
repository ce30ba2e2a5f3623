"""PVL on the spot: events, teams, plans, intake, coverage; agreements and the register of supervision"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _events()
    _intakes()
    op.create_table(
        "site_coverage",
        sa.Column("agency", sa.String(length=40), nullable=False),
        sa.Column("site", sa.String(length=60), nullable=False),
        sa.Column("regency", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("agency", "site", "regency", name=op.f("pk_site_coverage")),
    )
    _agreements()


def _events() -> None:
    op.create_table(
        "pvl_events",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("agency", sa.String(length=40), nullable=False),
        sa.Column("site", sa.String(length=60), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("regency", sa.String(length=100), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("recorded_by", sa.String(length=36), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'held', 'cancelled')", name=op.f("ck_pvl_events_state")),
        sa.ForeignKeyConstraint(["recorded_by"], ["officers.id"], name=op.f("fk_pvl_events_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pvl_events")),
    )
    op.create_index(op.f("ix_pvl_events_first_day"), "pvl_events", ["first_day"])
    op.create_table(
        "pvl_members",
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["pvl_events.id"], name=op.f("fk_pvl_members_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_pvl_members_officer_id")),
        sa.PrimaryKeyConstraint("event_id", "officer_id", name=op.f("pk_pvl_members")),
    )
    op.create_table(
        "pvl_plans",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_pvl_plans")),
    )


def _intakes() -> None:
    op.create_table(
        "pvl_intakes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("local_number", sa.String(length=20), nullable=False),
        sa.Column("complaint_id", sa.String(length=36), nullable=True),
        sa.Column("officer_id", sa.String(length=36), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('consultation', 'complaint')", name=op.f("ck_pvl_intakes_kind")),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaints.id"],
            name=op.f("fk_pvl_intakes_complaint_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["event_id"], ["pvl_events.id"], name=op.f("fk_pvl_intakes_event_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_pvl_intakes_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pvl_intakes")),
        sa.UniqueConstraint("complaint_id", name=op.f("uq_pvl_intakes_complaint_id")),
        sa.UniqueConstraint("key", name=op.f("uq_pvl_intakes_key")),
    )
    op.create_index(op.f("ix_pvl_intakes_event_id"), "pvl_intakes", ["event_id"])
    op.create_table(
        "pvl_consultations",
        sa.Column("intake_id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.String(length=300), nullable=True),
        sa.Column("agency", sa.String(length=40), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["intake_id"],
            ["pvl_intakes.id"],
            name=op.f("fk_pvl_consultations_intake_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("intake_id", name=op.f("pk_pvl_consultations")),
    )


def _agreements() -> None:
    op.create_table(
        "agreements",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("parties", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("document", sa.String(length=300), nullable=True),
        sa.Column("focal_role", sa.String(length=150), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("recorded_by", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["recorded_by"], ["officers.id"], name=op.f("fk_agreements_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("number", name=op.f("uq_agreements_number")),
    )
    op.create_table(
        "supervised_agencies",
        sa.Column("agency", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("agency", "since", name=op.f("pk_supervised_agencies")),
    )


def downgrade() -> None:
    for table in (
        "supervised_agencies",
        "agreements",
        "site_coverage",
        "pvl_consultations",
        "pvl_intakes",
        "pvl_plans",
        "pvl_members",
        "pvl_events",
    ):
        op.drop_table(table)
