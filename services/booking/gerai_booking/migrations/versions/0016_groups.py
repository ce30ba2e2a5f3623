"""Places that institutions have together"""

import sqlalchemy as sa
from alembic import op
from gerai_shared.times import AwareDateTime

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('groups',
    sa.Column('id', sa.String(36), nullable=False),
    sa.Column('institution', sa.String(200), nullable=False),
    sa.Column('site', sa.String(60), nullable=False),
    sa.Column('service', sa.String(60), nullable=False),
    sa.Column('purpose', sa.String(60), nullable=True),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('contact', sa.Text(), nullable=False),
    sa.Column('returns_on', sa.Date(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('created_at', AwareDateTime(), nullable=False),
    sa.Column('created_by', sa.String(100), nullable=False),
    sa.Column('returned_at', AwareDateTime(), nullable=True),
    sa.Column('returned_by', sa.String(100), nullable=True),
    sa.Column('returned_why', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_groups'))
    )
    op.create_index('ix_groups_site', 'groups', ['site', 'first_day'])
    op.create_table('group_places',
    sa.Column('group_id', sa.String(36), nullable=False),
    sa.Column('slot_id', sa.String(100), nullable=False),
    sa.Column('site', sa.String(60), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('service', sa.String(60), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('named', sa.Integer(), server_default='0', nullable=False),
    sa.Column('returned', sa.Integer(), server_default='0', nullable=False),
    sa.CheckConstraint('named >= 0 AND returned >= 0 AND named + returned <= places',
                       name=op.f('ck_group_places_no_more_than_places')),
    sa.ForeignKeyConstraint(['group_id'], ['groups.id'], ondelete='CASCADE',
                            name=op.f('fk_group_places_group_id_groups')),
    sa.PrimaryKeyConstraint('group_id', 'slot_id', name=op.f('pk_group_places'))
    )
    op.create_index('ix_group_places_site_day', 'group_places', ['site', 'day'])
    op.create_table('group_members',
    sa.Column('ticket_id', sa.String(36), nullable=False),
    sa.Column('group_id', sa.String(36), nullable=False),
    sa.Column('reference', sa.String(60), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['groups.id'], ondelete='CASCADE',
                            name=op.f('fk_group_members_group_id_groups')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], ondelete='CASCADE',
                            name=op.f('fk_group_members_ticket_id_tickets')),
    sa.PrimaryKeyConstraint('ticket_id', name=op.f('pk_group_members'))
    )
    op.create_index('ix_group_members_group_id', 'group_members', ['group_id'])


def downgrade() -> None:
    op.drop_table('group_members')
    op.drop_table('group_places')
    op.drop_table('groups')
