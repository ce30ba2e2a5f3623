"""Waiting times: learned durations and arrivals, estimates and what came of them"""

import sqlalchemy as sa
from alembic import op

revision = '0028'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        'service_durations',
        sa.Column('site', sa.String(60), primary_key=True),
        sa.Column('service', sa.String(60), primary_key=True),
        sa.Column('hour', sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column('counter', sa.String(20), primary_key=True),
        sa.Column('points', sa.Text(), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.Column('updated_at', moment, nullable=False),
    )
    op.create_table(
        'service_arrivals',
        sa.Column('site', sa.String(60), primary_key=True),
        sa.Column('service', sa.String(60), primary_key=True),
        sa.Column('booked', sa.Integer(), nullable=False),
        sa.Column('came', sa.Integer(), nullable=False),
        sa.Column('before_others', sa.Integer(), nullable=False),
        sa.Column('hours', sa.Float(), nullable=False),
        sa.Column('updated_at', moment, nullable=False),
    )
    op.create_table(
        'wait_estimates',
        sa.Column('ticket_id', sa.String(36), primary_key=True),
        sa.Column('site', sa.String(60), nullable=False),
        sa.Column('service', sa.String(60), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('made_at', moment, nullable=False),
        sa.Column('low', sa.Float(), nullable=False),
        sa.Column('mid', sa.Float(), nullable=False),
        sa.Column('high', sa.Float(), nullable=False),
        sa.Column('simulated_low', sa.Float(), nullable=False),
        sa.Column('simulated_high', sa.Float(), nullable=False),
        sa.Column('fixed', sa.Float(), nullable=False),
        sa.Column('ahead', sa.Integer(), nullable=False),
        sa.Column('open_counters', sa.Integer(), nullable=False),
        sa.Column('actual', sa.Float(), nullable=True),
    )
    op.create_index('ix_wait_estimates_site_day', 'wait_estimates', ['site', 'day'])
    op.create_table(
        'wait_calibrations',
        sa.Column('site', sa.String(60), primary_key=True),
        sa.Column('below', sa.Float(), nullable=False),
        sa.Column('above', sa.Float(), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.Column('updated_at', moment, nullable=False),
    )


def downgrade() -> None:
    op.drop_table('wait_calibrations')
    op.drop_index('ix_wait_estimates_site_day', table_name='wait_estimates')
    op.drop_table('wait_estimates')
    op.drop_table('service_arrivals')
    op.drop_table('service_durations')
