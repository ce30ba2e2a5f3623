"""Who has which counter open, its pauses, and what a counter or an officer serves"""

import sqlalchemy as sa
from alembic import op
from gerai_shared.times import AwareDateTime

revision = '0026'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'counter_sessions',
        sa.Column('id', sa.String(36), primary_key=True),
        sa.Column('site', sa.String(60), nullable=False),
        sa.Column('counter', sa.String(20), nullable=False),
        sa.Column('officer_id', sa.String(36), nullable=False),
        sa.Column('officer_name', sa.String(100), nullable=False),
        sa.Column('opened_at', AwareDateTime(), nullable=False),
        sa.Column('closed_at', AwareDateTime(), nullable=True),
        sa.Column('closed_by', sa.String(20), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('note_read_at', AwareDateTime(), nullable=True),
        sa.Column('note_read_by', sa.String(100), nullable=True),
    )
    for name, columns in (
        ('uq_counter_sessions_open_counter', ['site', 'counter']),
        ('uq_counter_sessions_open_officer', ['officer_id']),
    ):
        op.create_index(
            name,
            'counter_sessions',
            columns,
            unique=True,
            postgresql_where=sa.text('closed_at IS NULL'),
            sqlite_where=sa.text('closed_at IS NULL'),
        )
    op.create_index(
        'ix_counter_sessions_unread_note',
        'counter_sessions',
        ['site', 'counter', 'closed_at'],
        postgresql_where=sa.text('note IS NOT NULL AND note_read_at IS NULL'),
        sqlite_where=sa.text('note IS NOT NULL AND note_read_at IS NULL'),
    )
    op.create_table(
        'counter_pauses',
        sa.Column('id', sa.String(36), primary_key=True),
        sa.Column('session_id', sa.String(36), sa.ForeignKey('counter_sessions.id', ondelete='CASCADE'), nullable=False),
        sa.Column('reason', sa.String(20), nullable=False),
        sa.Column('note', sa.String(200), nullable=True),
        sa.Column('started_at', AwareDateTime(), nullable=False),
        sa.Column('expected_until', AwareDateTime(), nullable=True),
        sa.Column('ended_at', AwareDateTime(), nullable=True),
    )
    op.create_index(
        'uq_counter_pauses_open_session',
        'counter_pauses',
        ['session_id'],
        unique=True,
        postgresql_where=sa.text('ended_at IS NULL'),
        sqlite_where=sa.text('ended_at IS NULL'),
    )
    op.create_index('ix_counter_pauses_session_id', 'counter_pauses', ['session_id'])
    op.create_table(
        'counter_skills',
        sa.Column('id', sa.String(36), primary_key=True),
        sa.Column('site', sa.String(60), nullable=False),
        sa.Column('counter', sa.String(20), nullable=False),
        sa.Column('services', sa.Text(), nullable=False),
        sa.Column('valid_from', sa.Date(), nullable=False),
        sa.Column('valid_to', sa.Date(), nullable=True),
        sa.Column('why', sa.Text(), nullable=False),
        sa.Column('set_by', sa.String(100), nullable=False),
        sa.Column('set_at', AwareDateTime(), nullable=False),
        sa.Column('ended_at', AwareDateTime(), nullable=True),
    )
    op.create_index(
        'ix_counter_skills_site_counter',
        'counter_skills',
        ['site', 'counter'],
        postgresql_where=sa.text('ended_at IS NULL'),
        sqlite_where=sa.text('ended_at IS NULL'),
    )
    op.create_table(
        'officer_skills',
        sa.Column('officer_id', sa.String(36), primary_key=True),
        sa.Column('service', sa.String(60), primary_key=True),
        sa.Column('set_by', sa.String(100), nullable=False),
        sa.Column('set_at', AwareDateTime(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table('officer_skills')
    op.drop_table('counter_skills')
    op.drop_table('counter_pauses')
    op.drop_table('counter_sessions')
