"""Open tickets that are found by person alone, and those that past days left"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

OPEN = sa.text(
    "person_hash IS NOT NULL AND state IN ('booked', 'called', 'checked_in', 'held', 'parked', 'serving')"
)
UNSERVED = sa.text("state IN ('booked', 'checked_in', 'held', 'parked')")


def upgrade() -> None:
    op.create_index(
        'ix_tickets_open_of_person', 'tickets', ['person_hash'], postgresql_where=OPEN, sqlite_where=OPEN
    )
    op.create_index(
        'ix_tickets_unserved', 'tickets', ['site', 'day'], postgresql_where=UNSERVED, sqlite_where=UNSERVED
    )


def downgrade() -> None:
    op.drop_index('ix_tickets_unserved', table_name='tickets')
    op.drop_index('ix_tickets_open_of_person', table_name='tickets')
