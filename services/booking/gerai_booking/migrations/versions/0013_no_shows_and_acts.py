"""Appeals against missed visits, and what officers did about persons and outages"""

import sqlalchemy as sa
from alembic import op
from gerai_shared.times import AwareDateTime

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('officer_acts',
    sa.Column('id', sa.String(36), nullable=False),
    sa.Column('at', AwareDateTime(), nullable=False),
    sa.Column('officer_id', sa.String(36), nullable=False),
    sa.Column('officer_name', sa.String(100), nullable=False),
    sa.Column('about', sa.String(20), nullable=False),
    sa.Column('about_id', sa.String(36), nullable=True),
    sa.Column('act', sa.String(20), nullable=False),
    sa.Column('what', sa.String(100), nullable=True),
    sa.Column('why', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_officer_acts'))
    )
    op.create_index('ix_officer_acts_about_at', 'officer_acts', ['about', 'at'])
    op.create_index('ix_officer_acts_about_id', 'officer_acts', ['about_id'])
    op.create_table('appeals',
    sa.Column('ticket_id', sa.String(36), nullable=False),
    sa.Column('sealed', sa.Text(), nullable=False),
    sa.Column('filed_at', AwareDateTime(), nullable=False),
    sa.Column('decided_at', AwareDateTime(), nullable=True),
    sa.Column('decided_by', sa.String(100), nullable=True),
    sa.Column('accepted', sa.Boolean(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(
        ['ticket_id'], ['tickets.id'], name=op.f('fk_appeals_ticket_id_tickets'), ondelete='CASCADE'
    ),
    sa.PrimaryKeyConstraint('ticket_id', name=op.f('pk_appeals'))
    )
    op.create_index('ix_appeals_decided_at_filed_at', 'appeals', ['decided_at', 'filed_at'])
    where = sa.text("person_hash IS NOT NULL AND state = 'no_show'")
    op.create_index(
        'ix_tickets_missed', 'tickets', ['person_hash'], postgresql_where=where, sqlite_where=where
    )


def downgrade() -> None:
    op.drop_index('ix_tickets_missed', 'tickets')
    op.drop_table('appeals')
    op.drop_table('officer_acts')
