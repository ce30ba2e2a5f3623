"""Waiting list, and places that come back later"""

import sqlalchemy as sa
from alembic import op
from gerai_shared.times import AwareDateTime

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('freed_places',
    sa.Column('id', sa.String(36), nullable=False),
    sa.Column('site', sa.String(60), nullable=False),
    sa.Column('service', sa.String(60), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('slot_id', sa.String(100), nullable=False),
    sa.Column('freed_at', AwareDateTime(), nullable=False),
    sa.Column('opens_at', AwareDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_freed_places'))
    )
    op.create_index('ix_freed_places_site_day', 'freed_places', ['site', 'day'])
    op.create_table('waiting_list',
    sa.Column('id', sa.String(36), nullable=False),
    sa.Column('site', sa.String(60), nullable=False),
    sa.Column('service', sa.String(60), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('person_hash', sa.String(64), nullable=False),
    sa.Column('email_hash', sa.String(64), nullable=True),
    sa.Column('phone_hash', sa.String(64), nullable=True),
    sa.Column('contact', sa.Text(), nullable=True),
    sa.Column('masked_name', sa.String(100), nullable=False),
    sa.Column('masked_identity', sa.String(20), nullable=False),
    sa.Column('language', sa.String(2), nullable=False),
    sa.Column('state', sa.String(20), nullable=False),
    sa.Column('ticket_id', sa.String(36), nullable=True),
    sa.Column('offer_ends', AwareDateTime(), nullable=True),
    sa.Column('created_at', AwareDateTime(), nullable=False),
    sa.Column('closed_at', AwareDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waiting_list'))
    )
    op.create_index('ix_waiting_list_ticket_id', 'waiting_list', ['ticket_id'])
    op.create_index('ix_waiting_list_email_hash', 'waiting_list', ['email_hash'])
    op.create_index('ix_waiting_list_phone_hash', 'waiting_list', ['phone_hash'])
    is_open = sa.text("state IN ('waiting', 'offered')")
    op.create_index('uq_waiting_list_open_person', 'waiting_list', ['service', 'person_hash'], unique=True, postgresql_where=is_open, sqlite_where=is_open)
    waits = sa.text("state = 'waiting'")
    op.create_index('ix_waiting_list_waiting', 'waiting_list', ['site', 'service', 'id'], postgresql_where=waits, sqlite_where=waits)


def downgrade() -> None:
    op.drop_table('waiting_list')
    op.drop_table('freed_places')
