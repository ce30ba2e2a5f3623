"""Road map of a mall, outreach events and their targets"""

import sqlalchemy as sa
from alembic import op
from gerai_shared.times import AwareDateTime

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('planned_counters',
    sa.Column('id', sa.String(100), nullable=False),
    sa.Column('site', sa.String(60), nullable=False),
    sa.Column('group_id', sa.String(200), nullable=False),
    sa.Column('group_en', sa.String(200), nullable=False),
    sa.Column('counters', sa.Integer(), nullable=False),
    sa.Column('target_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(20), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('responsible', sa.String(100), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_planned_counters'))
    )
    op.create_index('ix_planned_counters_site', 'planned_counters', ['site'])
    op.create_table('outreach_events',
    sa.Column('id', sa.String(36), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('place', sa.String(200), nullable=False),
    sa.Column('title', sa.String(200), nullable=False),
    sa.Column('recorded_at', AwareDateTime(), nullable=False),
    sa.Column('recorded_by', sa.String(100), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outreach_events'))
    )
    op.create_index('ix_outreach_events_held_on', 'outreach_events', ['held_on'])
    op.create_table('outreach_targets',
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('target', sa.Integer(), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('year', name=op.f('pk_outreach_targets'))
    )
    op.create_table('road_map_changes',
    sa.Column('id', sa.String(36), nullable=False),
    sa.Column('at', AwareDateTime(), nullable=False),
    sa.Column('officer_id', sa.String(36), nullable=False),
    sa.Column('officer_name', sa.String(100), nullable=False),
    sa.Column('kind', sa.String(20), nullable=False),
    sa.Column('subject', sa.String(100), nullable=False),
    sa.Column('before', sa.Text(), nullable=True),
    sa.Column('after', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_road_map_changes'))
    )
    op.create_index('ix_road_map_changes_subject', 'road_map_changes', ['subject'])


def downgrade() -> None:
    op.drop_table('road_map_changes')
    op.drop_table('outreach_targets')
    op.drop_table('outreach_events')
    op.drop_table('planned_counters')
