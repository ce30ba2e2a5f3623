"""Suspensions of persons"""

import sqlalchemy as sa
from alembic import op
from gerai_shared.times import AwareDateTime

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sanctions',
    sa.Column('id', sa.String(36), nullable=False),
    sa.Column('person_hash', sa.String(64), nullable=False),
    sa.Column('masked_identity', sa.String(20), nullable=False),
    sa.Column('kind', sa.String(20), nullable=False),
    sa.Column('months', sa.Integer(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('issuer', sa.String(200), nullable=False),
    sa.Column('appeal', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('recorded_by', sa.String(100), nullable=False),
    sa.Column('recorded_at', AwareDateTime(), nullable=False),
    sa.Column('lifted_by', sa.String(100), nullable=True),
    sa.Column('lifted_at', AwareDateTime(), nullable=True),
    sa.Column('lifted_why', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sanctions'))
    )
    op.create_index('ix_sanctions_person_hash', 'sanctions', ['person_hash'])
    op.create_index('ix_sanctions_recorded_at', 'sanctions', ['recorded_at'])


def downgrade() -> None:
    op.drop_table('sanctions')
