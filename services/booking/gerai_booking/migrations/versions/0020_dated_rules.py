"""Rules that supervisors write down; what restrictions do becomes one kind of them

The catalogue's own caps are read from the catalogue: rows of them are not kept any more.
"""

import sqlalchemy as sa
from alembic import op
from gerai_shared.times import AwareDateTime

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'dated_rules',
        sa.Column('kind', sa.String(20), primary_key=True),
        sa.Column('subject', sa.String(1000), primary_key=True),
        sa.Column('valid_from', sa.Date, primary_key=True),
        sa.Column('valid_to', sa.Date, nullable=True),
        sa.Column('body', sa.Text, nullable=False),
        sa.Column('basis', sa.Text, nullable=False),
        sa.Column('revision', sa.Integer, nullable=False),
        sa.Column('decided_by', sa.String(100), nullable=False),
        sa.Column('decided_at', AwareDateTime, nullable=False),
    )
    op.create_index('ix_dated_rules_revision', 'dated_rules', ['revision'])
    op.drop_table('restriction_caps')


def downgrade() -> None:
    op.create_table(
        'restriction_caps',
        sa.Column('site', sa.String(60), primary_key=True),
        sa.Column('name', sa.String(40), primary_key=True),
        sa.Column('level', sa.String(20), primary_key=True),
        sa.Column('channel', sa.String(20), primary_key=True),
        sa.Column('places', sa.Integer, nullable=True),
        sa.Column('percent', sa.Integer, nullable=True),
        sa.Column('basis', sa.Text, nullable=False),
        sa.CheckConstraint('(places IS NULL) <> (percent IS NULL)', name='places_or_percent'),
    )
    op.drop_index('ix_dated_rules_revision', table_name='dated_rules')
    op.drop_table('dated_rules')
