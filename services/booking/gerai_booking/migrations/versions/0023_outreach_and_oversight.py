"""Outreach by channel, state and people reached; results by the day they were promised for"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('outreach_events', sa.Column('last_on', sa.Date(), nullable=True))
    op.add_column('outreach_events', sa.Column('channel', sa.String(20), nullable=False, server_default='face_to_face'))
    op.add_column('outreach_events', sa.Column('station', sa.String(100), nullable=True))
    op.add_column('outreach_events', sa.Column('regency', sa.String(5), nullable=True))
    op.add_column('outreach_events', sa.Column('audience', sa.String(200), nullable=True))
    op.add_column('outreach_events', sa.Column('topics', sa.Text(), nullable=False, server_default=''))
    op.add_column('outreach_events', sa.Column('state', sa.String(20), nullable=False, server_default='held'))
    op.add_column('outreach_events', sa.Column('reached', sa.Integer(), nullable=True))
    op.add_column('outreach_events', sa.Column('notes', sa.Text(), nullable=True))
    # What is written down already and still to come is planned.
    op.execute("UPDATE outreach_events SET state = 'planned' WHERE held_on > CURRENT_DATE")
    op.create_index('ix_applications_site_promise_on', 'applications', ['site', 'promise_on'])


def downgrade() -> None:
    op.drop_index('ix_applications_site_promise_on', table_name='applications')
    op.drop_column('outreach_events', 'notes')
    op.drop_column('outreach_events', 'reached')
    op.drop_column('outreach_events', 'state')
    op.drop_column('outreach_events', 'topics')
    op.drop_column('outreach_events', 'audience')
    op.drop_column('outreach_events', 'regency')
    op.drop_column('outreach_events', 'station')
    op.drop_column('outreach_events', 'channel')
    op.drop_column('outreach_events', 'last_on')
