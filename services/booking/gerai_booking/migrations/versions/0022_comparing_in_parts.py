"""How far everybody was compared after an import"""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('list_imports') as batch_op:
        batch_op.add_column(sa.Column('compared_to', sa.String(36), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('list_imports') as batch_op:
        batch_op.drop_column('compared_to')
