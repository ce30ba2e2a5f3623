"""Stacked quotas, restrictions, grants beyond the quota, and changes of the plan"""

import sqlalchemy as sa
from alembic import op
from gerai_shared.times import AwareDateTime

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

BEFORE = 'taken >= 0 AND taken <= capacity'
AFTER = 'taken >= 0 AND (capacity IS NULL OR taken <= capacity + extra)'
CHECK = 'ck_day_quotas_taken_within_capacity'


def upgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        _copy_days(_days_after)
    else:
        op.add_column('day_quotas', sa.Column('channel', sa.String(20), server_default='online', nullable=False))
        op.add_column('day_quotas', sa.Column('extra', sa.Integer(), server_default='0', nullable=False))
        op.alter_column('day_quotas', 'capacity', nullable=True)
        op.drop_constraint('pk_day_quotas', 'day_quotas')
        op.create_primary_key('pk_day_quotas', 'day_quotas', ['site', 'day', 'service', 'channel'])
        op.drop_constraint(CHECK, 'day_quotas')
        op.create_check_constraint(op.f(CHECK), 'day_quotas', AFTER)
    # The row over all services and channels, where whoever changes places of a day meets.
    op.execute(
        "INSERT INTO day_quotas (site, day, service, channel, capacity, taken, extra) "
        "SELECT site, day, '', '', NULL, taken, 0 FROM day_quotas WHERE service = '' AND channel = 'online'"
    )
    with op.batch_alter_table('tickets') as batch_op:
        batch_op.add_column(sa.Column('quota_channel', sa.String(20), nullable=True))
    op.execute("UPDATE tickets SET quota_channel = 'online' WHERE slot_id IS NOT NULL")
    _create_plan()


def _create_plan() -> None:
    op.create_table('restrictions',
    sa.Column('id', sa.String(36), nullable=False),
    sa.Column('name', sa.String(40), nullable=False),
    sa.Column('level', sa.String(20), nullable=False),
    sa.Column('region', sa.String(5), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_restrictions'))
    )
    op.create_table('restriction_caps',
    sa.Column('site', sa.String(60), nullable=False),
    sa.Column('name', sa.String(40), nullable=False),
    sa.Column('level', sa.String(20), nullable=False),
    sa.Column('channel', sa.String(20), nullable=False),
    sa.Column('places', sa.Integer(), nullable=True),
    sa.Column('percent', sa.Integer(), nullable=True),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.CheckConstraint('(places IS NULL) <> (percent IS NULL)', name=op.f('ck_restriction_caps_places_or_percent')),
    sa.PrimaryKeyConstraint('site', 'name', 'level', 'channel', name=op.f('pk_restriction_caps'))
    )
    op.create_table('plans',
    sa.Column('site', sa.String(60), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('site', name=op.f('pk_plans'))
    )
    op.create_table('plan_changes',
    sa.Column('id', sa.String(36), nullable=False),
    sa.Column('at', AwareDateTime(), nullable=False),
    sa.Column('officer_id', sa.String(36), nullable=False),
    sa.Column('officer_name', sa.String(100), nullable=False),
    sa.Column('site', sa.String(60), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(20), nullable=False),
    sa.Column('before', sa.Text(), nullable=True),
    sa.Column('after', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_changes'))
    )
    op.create_index('ix_plan_changes_at', 'plan_changes', ['at'])
    op.create_table('grants',
    sa.Column('ticket_id', sa.String(36), nullable=False),
    sa.Column('kind', sa.String(20), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('officer_id', sa.String(36), nullable=False),
    sa.Column('officer_name', sa.String(100), nullable=False),
    sa.Column('site', sa.String(60), nullable=False),
    sa.Column('service', sa.String(60), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('at', AwareDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_grants_ticket_id_tickets')),
    sa.PrimaryKeyConstraint('ticket_id', name=op.f('pk_grants'))
    )
    op.create_index('ix_grants_site_day', 'grants', ['site', 'day'])


def _days_after() -> None:
    op.create_table('day_quotas',
    sa.Column('site', sa.String(60), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('service', sa.String(60), nullable=False),
    sa.Column('channel', sa.String(20), server_default='online', nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=True),
    sa.Column('taken', sa.Integer(), server_default='0', nullable=False),
    sa.Column('extra', sa.Integer(), server_default='0', nullable=False),
    sa.CheckConstraint(AFTER, name=op.f(CHECK)),
    sa.PrimaryKeyConstraint('site', 'day', 'service', 'channel', name=op.f('pk_day_quotas'))
    )


def _days_before() -> None:
    op.create_table('day_quotas',
    sa.Column('site', sa.String(60), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('service', sa.String(60), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('taken', sa.Integer(), server_default='0', nullable=False),
    sa.CheckConstraint(BEFORE, name=op.f(CHECK)),
    sa.PrimaryKeyConstraint('site', 'day', 'service', name=op.f('pk_day_quotas'))
    )


def _copy_days(create) -> None:
    """SQLite changes no keys: a table with the new ones takes the rows over."""
    op.rename_table('day_quotas', 'day_quotas_replaced')
    create()
    op.execute(
        "INSERT INTO day_quotas (site, day, service, capacity, taken) "
        "SELECT site, day, service, capacity, taken FROM day_quotas_replaced"
    )
    op.drop_table('day_quotas_replaced')


def downgrade() -> None:
    for table in ('grants', 'plan_changes', 'plans', 'restriction_caps', 'restrictions'):
        op.drop_table(table)
    with op.batch_alter_table('tickets') as batch_op:
        batch_op.drop_column('quota_channel')
    op.execute("DELETE FROM day_quotas WHERE channel <> 'online'")
    # What was given beyond the quota is within it again, because nothing else can be written down any more.
    op.execute("UPDATE day_quotas SET capacity = taken WHERE taken > capacity")
    if op.get_bind().dialect.name == 'sqlite':
        _copy_days(_days_before)
    else:
        op.drop_constraint(CHECK, 'day_quotas')
        op.drop_constraint('pk_day_quotas', 'day_quotas')
        op.drop_column('day_quotas', 'extra')
        op.drop_column('day_quotas', 'channel')
        op.alter_column('day_quotas', 'capacity', nullable=False)
        op.create_primary_key('pk_day_quotas', 'day_quotas', ['site', 'day', 'service'])
        op.create_check_constraint(op.f(CHECK), 'day_quotas', BEFORE)
