"""One visit over several agencies: shared numbers, facts of the others' steps, who was sent on"""

import sqlalchemy as sa
from alembic import op
from gerai_shared.times import AwareDateTime

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None

BUSY = sa.text("fact = 'at_counter'")


def upgrade() -> None:
    op.add_column('tickets', sa.Column('step', sa.Integer(), nullable=False, server_default='0'))
    op.drop_index('uq_tickets_site_day_number', table_name='tickets')
    op.create_index('uq_tickets_site_day_number', 'tickets', ['site', 'day', 'number', 'step'], unique=True)
    op.create_table(
        'shared_visits',
        sa.Column('visit_id', sa.String(36), primary_key=True),
        sa.Column('site', sa.String(60), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('number', sa.String(8), nullable=False),
    )
    op.create_index('ix_shared_visits_day', 'shared_visits', ['day'])
    op.create_table(
        'visit_steps',
        sa.Column('visit_id', sa.String(36), primary_key=True),
        sa.Column('ticket_id', sa.String(36), primary_key=True),
        sa.Column('agency', sa.String(60), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('fact', sa.String(20), nullable=False),
        sa.Column('revision', sa.Integer(), nullable=False),
        sa.Column('told_at', AwareDateTime(), nullable=False),
    )
    op.create_index('ix_visit_steps_day', 'visit_steps', ['day'])
    op.create_index(
        'ix_visit_steps_at_counter', 'visit_steps', ['told_at'], postgresql_where=BUSY, sqlite_where=BUSY
    )
    _create_what_is_between_agencies()


def _create_what_is_between_agencies() -> None:
    op.create_table(
        'visit_wishes',
        sa.Column('id', sa.String(36), primary_key=True),
        sa.Column('visit_id', sa.String(36), nullable=False),
        sa.Column('ticket_id', sa.String(36), nullable=False),
        sa.Column('number', sa.String(8), nullable=False),
        sa.Column('site', sa.String(60), nullable=False),
        sa.Column('counter', sa.String(20), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('to_agency', sa.String(60), nullable=False),
        sa.Column('service', sa.String(60), nullable=False),
        sa.Column('comes_back', sa.Boolean(), nullable=False),
        sa.Column('state', sa.String(20), nullable=False),
        sa.Column('reason_id', sa.Text(), nullable=True),
        sa.Column('reason_en', sa.Text(), nullable=True),
        sa.Column('sent_at', AwareDateTime(), nullable=False),
    )
    op.create_index('ix_visit_wishes_site_day', 'visit_wishes', ['site', 'day'])
    op.create_index('ix_visit_wishes_visit_id', 'visit_wishes', ['visit_id'])
    op.create_table(
        'visit_returns',
        sa.Column('ticket_id', sa.String(36), primary_key=True),
        sa.Column('visit_id', sa.String(36), nullable=False),
        sa.Column('agency', sa.String(60), nullable=False),
        sa.Column('until', sa.String(20), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
    )
    op.create_index('ix_visit_returns_visit_id', 'visit_returns', ['visit_id'])
    op.create_table(
        'neighbours',
        sa.Column('site', sa.String(60), primary_key=True),
        sa.Column('agency', sa.String(60), primary_key=True),
        sa.Column('service', sa.String(60), primary_key=True),
        sa.Column('agency_name_id', sa.Text(), nullable=False),
        sa.Column('agency_name_en', sa.Text(), nullable=False),
        sa.Column('name_id', sa.Text(), nullable=False),
        sa.Column('name_en', sa.Text(), nullable=False),
        sa.Column('told_at', AwareDateTime(), nullable=False),
    )


def downgrade() -> None:
    for table in ('neighbours', 'visit_returns', 'visit_wishes', 'visit_steps', 'shared_visits'):
        op.drop_table(table)
    op.drop_index('uq_tickets_site_day_number', table_name='tickets')
    # Further steps of a visit have a number twice: the old code knows no such thing, so each goes by its step.
    op.execute("UPDATE tickets SET number = number || '.' || step WHERE step > 0")
    op.create_index('uq_tickets_site_day_number', 'tickets', ['site', 'day', 'number'], unique=True)
    op.drop_column('tickets', 'step')
