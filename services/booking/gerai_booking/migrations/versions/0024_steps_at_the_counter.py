"""How services end, who waits aside and until when, who is meant for which counter"""

import sqlalchemy as sa
from alembic import op
from gerai_shared.times import AwareDateTime

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

COLUMNS = (
    ('outcome', sa.String(20)),
    ('outcome_reason', sa.String(300)),
    ('aside_reason', sa.String(40)),
    ('aside_until', AwareDateTime()),
    ('waits_for', sa.String(36)),
    ('meant_counter', sa.String(20)),
    ('meant_officer', sa.String(36)),
    ('meant_until', AwareDateTime()),
    ('return_counter', sa.String(20)),
)
PARKED = "state = 'parked'"
WAITING_FOR = "waits_for IS NOT NULL"
AT_COUNTER = "state IN ('called', 'serving')"


def upgrade() -> None:
    with op.batch_alter_table('tickets') as batch_op:
        for name, kind in COLUMNS:
            batch_op.add_column(sa.Column(name, kind, nullable=True))
    with op.batch_alter_table('ticket_history') as batch_op:
        batch_op.add_column(sa.Column('own_before', sa.Text(), nullable=True))
    _index('ix_tickets_aside', ['site', 'aside_until'], PARKED)
    _index('ix_tickets_waits_for', ['waits_for'], WAITING_FOR)
    _index('uq_tickets_visit_at_counter', ['visit_id'], AT_COUNTER, unique=True)


def _index(name: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(
        name,
        'tickets',
        columns,
        unique=unique,
        postgresql_where=sa.text(where),
        sqlite_where=sa.text(where),
    )


def downgrade() -> None:
    for name in ('uq_tickets_visit_at_counter', 'ix_tickets_waits_for', 'ix_tickets_aside'):
        op.drop_index(name, table_name='tickets')
    with op.batch_alter_table('ticket_history') as batch_op:
        batch_op.drop_column('own_before')
    with op.batch_alter_table('tickets') as batch_op:
        for name, _kind in reversed(COLUMNS):
            batch_op.drop_column(name)
