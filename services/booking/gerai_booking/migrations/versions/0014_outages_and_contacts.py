"""Outages, and by which contact open tickets are counted"""

import sqlalchemy as sa
from alembic import op
from gerai_shared.times import AwareDateTime

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('outages',
    sa.Column('id', sa.String(36), nullable=False),
    sa.Column('site', sa.String(60), nullable=False),
    sa.Column('failed', sa.String(20), nullable=False),
    sa.Column('reference', sa.String(200), nullable=True),
    sa.Column('started_at', AwareDateTime(), nullable=False),
    sa.Column('expected_end_at', AwareDateTime(), nullable=True),
    sa.Column('ended_at', AwareDateTime(), nullable=True),
    sa.Column('recorded_by', sa.String(100), nullable=False),
    sa.Column('recorded_at', AwareDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outages'))
    )
    op.create_index('ix_outages_started_at', 'outages', ['started_at'])
    op.create_table('outage_tickets',
    sa.Column('ticket_id', sa.String(36), nullable=False),
    sa.Column('outage_id', sa.String(36), nullable=False),
    sa.Column('told_at', AwareDateTime(), nullable=False),
    sa.ForeignKeyConstraint(
        ['ticket_id'], ['tickets.id'], name=op.f('fk_outage_tickets_ticket_id_tickets'), ondelete='CASCADE'
    ),
    sa.PrimaryKeyConstraint('ticket_id', name=op.f('pk_outage_tickets'))
    )
    with op.batch_alter_table('people') as batch_op:
        batch_op.add_column(sa.Column('phone_hash', sa.String(64), nullable=True))
        batch_op.add_column(sa.Column('email_hash', sa.String(64), nullable=True))
    op.create_index('ix_people_phone_hash', 'people', ['phone_hash'])
    op.create_index('ix_people_email_hash', 'people', ['email_hash'])


def downgrade() -> None:
    op.drop_index('ix_people_email_hash', 'people')
    op.drop_index('ix_people_phone_hash', 'people')
    with op.batch_alter_table('people') as batch_op:
        batch_op.drop_column('email_hash')
        batch_op.drop_column('phone_hash')
    op.drop_table('outage_tickets')
    op.drop_table('outages')
