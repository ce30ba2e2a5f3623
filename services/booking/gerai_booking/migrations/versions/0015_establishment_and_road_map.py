"""Requests to establish a service point, districts for figures of demand, the road map of a mall"""

import sqlalchemy as sa
from alembic import op
from gerai_shared.times import AwareDateTime

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('tickets') as batch_op:
        batch_op.add_column(sa.Column('origin_district', sa.String(8), nullable=True))
    op.create_table('establishment_requests',
    sa.Column('id', sa.String(36), nullable=False),
    sa.Column('kind', sa.String(20), nullable=False),
    sa.Column('regency_code', sa.String(5), nullable=False),
    sa.Column('regency_name', sa.String(100), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('stage', sa.String(20), nullable=False),
    sa.Column('submitted_on', sa.Date(), nullable=False),
    sa.Column('verify_by', sa.Date(), nullable=True),
    sa.Column('grown_from', sa.String(36), nullable=True),
    sa.Column('created_at', AwareDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_establishment_requests'))
    )
    op.create_index('ix_establishment_requests_regency_code', 'establishment_requests', ['regency_code'])
    op.create_table('establishment_items',
    _of_request(),
    sa.Column('item', sa.String(20), nullable=False),
    sa.Column('state', sa.String(20), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('immigration_staff', sa.Integer(), nullable=True),
    sa.Column('regional_staff', sa.Integer(), nullable=True),
    sa.Column('changed_at', AwareDateTime(), nullable=False),
    sa.Column('changed_by', sa.String(100), nullable=False),
    _belongs('establishment_items'),
    sa.PrimaryKeyConstraint('request_id', 'item', name=op.f('pk_establishment_items'))
    )
    op.create_table('establishment_documents',
    sa.Column('id', sa.String(36), nullable=False),
    _of_request(),
    sa.Column('item', sa.String(20), nullable=False),
    sa.Column('number', sa.String(100), nullable=False),
    sa.Column('dated', sa.Date(), nullable=False),
    sa.Column('title', sa.String(200), nullable=False),
    sa.Column('kept_at', sa.String(200), nullable=False),
    sa.Column('recorded_at', AwareDateTime(), nullable=False),
    sa.Column('recorded_by', sa.String(100), nullable=False),
    _belongs('establishment_documents'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_establishment_documents'))
    )
    op.create_table('establishment_minutes',
    sa.Column('id', sa.String(36), nullable=False),
    _of_request(),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('place', sa.String(200), nullable=False),
    sa.Column('participants', sa.Text(), nullable=False),
    sa.Column('decisions', sa.Text(), nullable=False),
    sa.Column('recorded_at', AwareDateTime(), nullable=False),
    sa.Column('recorded_by', sa.String(100), nullable=False),
    _belongs('establishment_minutes'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_establishment_minutes'))
    )
    op.create_table('establishment_actions',
    sa.Column('id', sa.String(36), nullable=False),
    _of_request(),
    sa.Column('minutes_id', sa.String(36), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('owner', sa.String(100), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('done_at', AwareDateTime(), nullable=True),
    sa.Column('done_by', sa.String(100), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    _belongs('establishment_actions'),
    sa.ForeignKeyConstraint(['minutes_id'], ['establishment_minutes.id'], ondelete='CASCADE',
                            name=op.f('fk_establishment_actions_minutes_id_establishment_minutes')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_establishment_actions'))
    )
    op.create_table('establishment_changes',
    sa.Column('id', sa.String(36), nullable=False),
    _of_request(),
    sa.Column('at', AwareDateTime(), nullable=False),
    sa.Column('officer_id', sa.String(36), nullable=False),
    sa.Column('officer_name', sa.String(100), nullable=False),
    sa.Column('kind', sa.String(20), nullable=False),
    sa.Column('before', sa.Text(), nullable=True),
    sa.Column('after', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    _belongs('establishment_changes'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_establishment_changes'))
    )
    for name in PARTS:
        op.create_index(f'ix_{name}_request_id', name, ['request_id'])
    _add_road_map()


def _add_road_map() -> None:
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


PARTS = ('establishment_documents', 'establishment_minutes', 'establishment_actions', 'establishment_changes')


def _of_request() -> sa.Column[str]:
    return sa.Column('request_id', sa.String(36), nullable=False)


def _belongs(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(['request_id'], ['establishment_requests.id'], ondelete='CASCADE',
                                   name=op.f(f'fk_{table}_request_id_establishment_requests'))


def downgrade() -> None:
    op.drop_table('road_map_changes')
    op.drop_table('outreach_targets')
    op.drop_table('outreach_events')
    op.drop_table('planned_counters')
    for name in reversed(PARTS):
        op.drop_table(name)
    op.drop_table('establishment_items')
    op.drop_table('establishment_requests')
    with op.batch_alter_table('tickets') as batch_op:
        batch_op.drop_column('origin_district')
