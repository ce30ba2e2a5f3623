"""Places that missed visits gave back"""

import sqlalchemy as sa
from alembic import op
from gerai_shared.times import AwareDateTime

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('tickets') as batch_op:
        batch_op.add_column(sa.Column('gave_back_at', AwareDateTime(), nullable=True))


def downgrade() -> None:
    # Such a ticket counts in no quota; without the column, none may say that it does.
    op.execute("UPDATE tickets SET quota_channel = NULL WHERE gave_back_at IS NOT NULL")
    with op.batch_alter_table('tickets') as batch_op:
        batch_op.drop_column('gave_back_at')
