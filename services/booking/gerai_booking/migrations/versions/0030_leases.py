"""Leases of a site's floor to a node of its own, and what merging it back could not decide alone"""

import sqlalchemy as sa
from alembic import op
from gerai_shared.times import AwareDateTime

revision = '0030'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Null but at a site node: the last number that it may give.
    op.add_column('series', sa.Column('until', sa.Integer(), nullable=True))
    op.create_table(
        'nodes',
        sa.Column('id', sa.String(36), nullable=False),
        sa.Column('site', sa.String(60), nullable=False),
        sa.Column('name', sa.String(100), nullable=False),
        sa.Column('key_hash', sa.String(64), nullable=False),
        sa.Column('created_at', AwareDateTime(), nullable=False),
        sa.Column('ended_at', AwareDateTime(), nullable=True),
        sa.PrimaryKeyConstraint('id', name='pk_nodes'),
    )
    op.create_index('uq_nodes_key_hash', 'nodes', ['key_hash'], unique=True)
    op.create_table(
        'leases',
        sa.Column('id', sa.String(36), nullable=False),
        sa.Column('node_id', sa.String(36), nullable=False),
        sa.Column('node_name', sa.String(100), nullable=False),
        sa.Column('site', sa.String(60), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('state', sa.String(20), nullable=False),
        sa.Column('numbers', sa.Text(), nullable=False),
        sa.Column('places', sa.Text(), nullable=False),
        sa.Column('granted_at', AwareDateTime(), nullable=False),
        sa.Column('heard_at', AwareDateTime(), nullable=False),
        sa.Column('ended_at', AwareDateTime(), nullable=True),
        sa.Column('ended_by', sa.String(100), nullable=True),
        sa.Column('why', sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint('id', name='pk_leases'),
    )
    active = sa.text("state IN ('granted', 'recalled')")
    op.create_index(
        'uq_leases_active', 'leases', ['site', 'day'], unique=True, postgresql_where=active, sqlite_where=active
    )
    op.create_table(
        'lease_tickets',
        sa.Column('lease_id', sa.String(36), nullable=False),
        sa.Column('ticket_id', sa.String(36), nullable=False),
        sa.Column('revision', sa.Integer(), nullable=False),
        sa.Column('theirs', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('lease_id', 'ticket_id', name='pk_lease_tickets'),
    )
    op.create_table(
        'merge_conflicts',
        sa.Column('id', sa.String(36), nullable=False),
        sa.Column('lease_id', sa.String(36), nullable=False),
        sa.Column('ticket_id', sa.String(36), nullable=False),
        sa.Column('number', sa.String(8), nullable=False),
        sa.Column('site', sa.String(60), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('at', AwareDateTime(), nullable=False),
        sa.Column('decision', sa.String(20), nullable=False),
        sa.Column('centre', sa.Text(), nullable=False),
        sa.Column('floor', sa.Text(), nullable=False),
        sa.Column('handled_at', AwareDateTime(), nullable=True),
        sa.Column('handled_by', sa.String(100), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint('id', name='pk_merge_conflicts'),
    )
    op.create_index('ix_merge_conflicts_handled_at_at', 'merge_conflicts', ['handled_at', 'at'])
    op.create_table(
        'held_leases',
        sa.Column('id', sa.String(36), nullable=False),
        sa.Column('site', sa.String(60), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('state', sa.String(20), nullable=False),
        sa.Column('standing', sa.String(64), nullable=True),
        sa.Column('taken_in_at', AwareDateTime(), nullable=False),
        sa.Column('heard_at', AwareDateTime(), nullable=False),
        sa.Column('cut_off_since', AwareDateTime(), nullable=True),
        sa.PrimaryKeyConstraint('id', name='pk_held_leases'),
    )
    op.create_index('uq_held_leases_site_day', 'held_leases', ['site', 'day'], unique=True)


def downgrade() -> None:
    for table in ('held_leases', 'merge_conflicts', 'lease_tickets', 'leases', 'nodes'):
        op.drop_table(table)
    op.drop_column('series', 'until')
