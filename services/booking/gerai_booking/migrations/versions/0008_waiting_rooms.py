"""Waiting rooms, and proofs of work that were used"""

import sqlalchemy as sa
from alembic import op
from gerai_shared.times import AwareDateTime

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('waiting_rooms',
    sa.Column('site', sa.String(60), nullable=False),
    sa.Column('opens_at', AwareDateTime(), nullable=False),
    sa.Column('pace', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('site', 'opens_at', 'pace', name=op.f('pk_waiting_rooms'))
    )
    op.create_table('room_entries',
    sa.Column('site', sa.String(60), nullable=False),
    sa.Column('opens_at', AwareDateTime(), nullable=False),
    sa.Column('pace', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('holder_hash', sa.String(64), nullable=True),
    sa.Column('network_hash', sa.String(64), nullable=True),
    sa.ForeignKeyConstraint(['site', 'opens_at', 'pace'], ['waiting_rooms.site', 'waiting_rooms.opens_at', 'waiting_rooms.pace'], name=op.f('fk_room_entries_site_opens_at_pace'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('site', 'opens_at', 'pace', 'number', name=op.f('pk_room_entries'))
    )
    op.create_index('ix_room_entries_holder_hash', 'room_entries', ['holder_hash'])
    op.create_index('ix_room_entries_network_hash', 'room_entries', ['network_hash'])
    op.create_table('used_proofs',
    sa.Column('id', sa.String(64), nullable=False),
    sa.Column('used_at', AwareDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_used_proofs'))
    )
    op.create_index('ix_used_proofs_used_at', 'used_proofs', ['used_at'])


def downgrade() -> None:
    op.drop_table('used_proofs')
    op.drop_table('room_entries')
    op.drop_table('waiting_rooms')
