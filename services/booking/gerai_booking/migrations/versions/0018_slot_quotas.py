"""Dated places of an hour"""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('slot_quotas',
    sa.Column('site', sa.String(60), nullable=False),
    sa.Column('service', sa.String(60), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.CheckConstraint('places >= 0', name=op.f('ck_slot_quotas_no_less_than_none')),
    sa.PrimaryKeyConstraint('site', 'service', 'valid_from', name=op.f('pk_slot_quotas'))
    )


def downgrade() -> None:
    op.drop_table('slot_quotas')
