"""The ground on which somebody has priority"""

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('tickets', sa.Column('priority_ground', sa.String(20), nullable=True))


def downgrade() -> None:
    op.drop_column('tickets', 'priority_ground')
