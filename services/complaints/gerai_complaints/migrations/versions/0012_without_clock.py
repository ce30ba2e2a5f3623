"""The clock finds what has none by an index: every minute it went through all complaints there have ever been"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OPEN = (
    "received",
    "verification",
    "forwarded",
    "in_progress",
    "disputed",
    "reopened",
    "clarification",
    "corrective_action",
)
INDEXES = {
    "ix_complaints_without_clock": (
        f"climbs_at IS NULL AND climbed < 6 AND state IN ({', '.join(repr(state) for state in OPEN)})"
    ),
    "ix_complaints_without_end": "lapses_at IS NULL AND state = 'answered'",
}


def upgrade() -> None:
    for name, where in INDEXES.items():
        op.create_index(
            name, "complaints", ["id"], postgresql_where=sa.text(where), sqlite_where=sa.text(where)
        )


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="complaints")
