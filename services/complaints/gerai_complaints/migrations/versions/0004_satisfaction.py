"""Answers to the survey of satisfaction, and what is told of a site"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ELEMENTS = (
    "requirements",
    "procedure",
    "time",
    "cost",
    "product",
    "competence",
    "conduct",
    "complaints",
    "facilities",
)


def upgrade() -> None:
    op.create_table(
        "survey_answers",
        sa.Column("id", COUNT, autoincrement=True, nullable=False),
        sa.Column("agency", sa.String(length=40), nullable=False),
        sa.Column("site", sa.String(length=60), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=True),
        sa.Column("counter", sa.String(length=60), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("visit", sa.String(length=64), nullable=True),
        *(sa.Column(element, sa.SmallInteger(), nullable=False) for element in ELEMENTS),
        sa.Column("remark", sa.Text(), nullable=True),
        *(
            sa.CheckConstraint(f"{element} BETWEEN 1 AND 4", name=op.f(f"ck_survey_answers_{element}"))
            for element in ELEMENTS
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_answers")),
        sa.UniqueConstraint("visit", name=op.f("uq_survey_answers_visit")),
    )
    op.create_index(op.f("ix_survey_answers_day"), "survey_answers", ["day"])
    op.create_index("ix_survey_answers_site_day", "survey_answers", ["site", "day"])
    op.create_index(
        "ix_survey_answers_day_of_visit",
        "survey_answers",
        ["day"],
        postgresql_where=sa.text("visit IS NOT NULL"),
        sqlite_where=sa.text("visit IS NOT NULL"),
    )
    op.create_table(
        "site_reports",
        sa.Column("site", sa.String(length=60), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("computed_at", MOMENT, nullable=False),
        sa.Column("contents", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_site_reports")),
    )
    op.create_index(
        "ix_complaints_site_state_received_on", "complaints", ["site", "state", "received_on"]
    )


def downgrade() -> None:
    op.drop_index("ix_complaints_site_state_received_on", table_name="complaints")
    op.drop_table("site_reports")
    op.drop_table("survey_answers")
