"""Kiosks, displays and printers, and what is to be printed"""

import sqlalchemy as sa
from alembic import op

from gerai_shared.times import AwareDateTime

revision = '0027'
down_revision = '0029'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('devices',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('site', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('key_hash', sa.String(length=64), nullable=True),
    sa.Column('printer_id', sa.String(length=36), nullable=True),
    sa.Column('printer_host', sa.String(length=45), nullable=True),
    sa.Column('printer_port', sa.Integer(), nullable=True),
    sa.Column('paper_mm', sa.Integer(), nullable=True),
    sa.Column('added_by', sa.String(length=100), nullable=False),
    sa.Column('added_at', AwareDateTime(), nullable=False),
    sa.Column('revoked_by', sa.String(length=100), nullable=True),
    sa.Column('revoked_at', AwareDateTime(), nullable=True),
    sa.Column('last_seen_at', AwareDateTime(), nullable=True),
    sa.Column('looked_at', AwareDateTime(), nullable=True),
    sa.Column('last_state', sa.Text(), nullable=False, server_default='{}'),
    sa.Column('silent_told_at', AwareDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_devices'))
    )
    op.create_index('uq_devices_key_hash', 'devices', ['key_hash'], unique=True)
    op.create_index('ix_devices_site', 'devices', ['site'])
    op.create_table('print_jobs',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('device_id', sa.String(length=36), nullable=False),
    sa.Column('ticket_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('printer_host', sa.String(length=45), nullable=False),
    sa.Column('printer_port', sa.Integer(), nullable=False),
    sa.Column('paper_mm', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('with_code', sa.Boolean(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False, server_default='0'),
    sa.Column('created_at', AwareDateTime(), nullable=False),
    sa.Column('claimed_at', AwareDateTime(), nullable=True),
    sa.Column('finished_at', AwareDateTime(), nullable=True),
    sa.Column('error', sa.String(length=20), nullable=True),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_print_jobs_ticket_id_tickets'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_print_jobs'))
    )
    op.create_index('ix_print_jobs_ticket_id', 'print_jobs', ['ticket_id'])
    op.create_index('uq_print_jobs_ticket', 'print_jobs', ['ticket_id'], unique=True,
                    postgresql_where=sa.text("kind = 'ticket'"), sqlite_where=sa.text("kind = 'ticket'"))
    op.create_index('ix_print_jobs_waiting', 'print_jobs', ['printer_host', 'printer_port', 'id'],
                    postgresql_where=sa.text("state = 'waiting'"), sqlite_where=sa.text("state = 'waiting'"))
    op.create_index('uq_print_jobs_printing', 'print_jobs', ['printer_host', 'printer_port'], unique=True,
                    postgresql_where=sa.text("state = 'printing'"), sqlite_where=sa.text("state = 'printing'"))


def downgrade() -> None:
    op.drop_table('print_jobs')
    op.drop_table('devices')
