"""Applications after the counter, the register of handovers, reminders"""

import sqlalchemy as sa
from alembic import op
from gerai_shared.database import CountingKey
from gerai_shared.times import AwareDateTime

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('applications',
    sa.Column('id', sa.String(36), nullable=False),
    sa.Column('ticket_id', sa.String(36), nullable=False),
    sa.Column('number', sa.String(8), nullable=False),
    sa.Column('service', sa.String(60), nullable=False),
    sa.Column('site', sa.String(60), nullable=False),
    sa.Column('collection_site', sa.String(60), nullable=False),
    sa.Column('purpose', sa.String(60), nullable=True),
    sa.Column('checklist', sa.Text(), nullable=False),
    sa.Column('promised_days', sa.Integer(), nullable=True),
    sa.Column('promise_counts_from', sa.String(40), nullable=True),
    sa.Column('promise_basis', sa.Text(), nullable=True),
    sa.Column('stage', sa.String(40), nullable=False),
    sa.Column('returns_to', sa.String(40), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('promise_on', sa.Date(), nullable=True),
    sa.Column('stopped_days', sa.Integer(), nullable=False),
    sa.Column('stopped_since', sa.Date(), nullable=True),
    sa.Column('ready_on', sa.Date(), nullable=True),
    sa.Column('kept_until', sa.Date(), nullable=True),
    sa.Column('next_reminder_on', sa.Date(), nullable=True),
    sa.Column('cancels_itself', sa.Boolean(), nullable=False),
    sa.Column('opened_at', AwareDateTime(), nullable=False),
    sa.Column('moved_at', AwareDateTime(), nullable=False),
    sa.Column('closed_at', AwareDateTime(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_applications_ticket_id_tickets')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_applications'))
    )
    op.create_index('uq_applications_ticket_id', 'applications', ['ticket_id'], unique=True)
    op.create_index('ix_applications_site_stage', 'applications', ['site', 'stage'])
    op.create_index('ix_applications_collection_site_stage', 'applications', ['collection_site', 'stage'])
    op.create_index('ix_applications_next_reminder_on', 'applications', ['next_reminder_on'])
    op.create_table('application_steps',
    sa.Column('position', CountingKey, autoincrement=True, nullable=False),
    sa.Column('application_id', sa.String(36), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(10), nullable=False),
    sa.Column('from_stage', sa.String(40), nullable=True),
    sa.Column('to_stage', sa.String(40), nullable=False),
    sa.Column('at', AwareDateTime(), nullable=False),
    sa.Column('officer_id', sa.String(36), nullable=True),
    sa.Column('officer_name', sa.String(100), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('before', sa.Text(), nullable=True),
    sa.Column('undone_at', AwareDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['application_id'], ['applications.id'],
    name=op.f('fk_application_steps_application_id_applications')),
    sa.PrimaryKeyConstraint('position', name=op.f('pk_application_steps'))
    )
    op.create_index('uq_application_steps_application_id_revision', 'application_steps',
    ['application_id', 'revision'], unique=True)
    op.create_table('incomplete_files',
    sa.Column('id', sa.String(36), nullable=False),
    sa.Column('ticket_id', sa.String(36), nullable=True),
    sa.Column('site', sa.String(60), nullable=False),
    sa.Column('service', sa.String(60), nullable=False),
    sa.Column('missing', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('officer_id', sa.String(36), nullable=False),
    sa.Column('officer_name', sa.String(100), nullable=False),
    sa.Column('at', AwareDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_incomplete_files_ticket_id_tickets')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incomplete_files'))
    )
    op.create_index('ix_incomplete_files_ticket_id', 'incomplete_files', ['ticket_id'])
    op.create_index('ix_incomplete_files_site_at', 'incomplete_files', ['site', 'at'])
    op.create_table('handovers',
    sa.Column('id', sa.String(36), nullable=False),
    sa.Column('application_id', sa.String(36), nullable=False),
    sa.Column('number', sa.String(8), nullable=False),
    sa.Column('service', sa.String(60), nullable=False),
    sa.Column('site', sa.String(60), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('at', AwareDateTime(), nullable=False),
    sa.Column('receiver', sa.String(20), nullable=False),
    sa.Column('proofs', sa.Text(), nullable=False),
    sa.Column('sealed', sa.Text(), nullable=False),
    sa.Column('signed', sa.Boolean(), nullable=False),
    sa.Column('officer_id', sa.String(36), nullable=False),
    sa.Column('officer_name', sa.String(100), nullable=False),
    sa.Column('struck_out_by', sa.String(100), nullable=True),
    sa.Column('struck_out_why', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['application_id'], ['applications.id'],
    name=op.f('fk_handovers_application_id_applications')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handovers'))
    )
    op.create_index('ix_handovers_site_day', 'handovers', ['site', 'day'])
    op.create_index('uq_handovers_application_id', 'handovers', ['application_id'], unique=True,
    postgresql_where=sa.text('struck_out_by IS NULL'), sqlite_where=sa.text('struck_out_by IS NULL'))
    op.create_table('application_reminders',
    sa.Column('application_id', sa.String(36), nullable=False),
    sa.Column('ready_on', sa.Date(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('at', AwareDateTime(), nullable=False),
    sa.Column('told', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['applications.id'],
    name=op.f('fk_application_reminders_application_id_applications')),
    sa.PrimaryKeyConstraint('application_id', 'ready_on', 'days', name=op.f('pk_application_reminders'))
    )


def downgrade() -> None:
    op.drop_table('application_reminders')
    op.drop_table('handovers')
    op.drop_table('incomplete_files')
    op.drop_table('application_steps')
    op.drop_table('applications')
