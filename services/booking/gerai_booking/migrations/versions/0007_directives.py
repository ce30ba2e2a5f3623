"""Orders that close offices, and a site's own calendar"""

import sqlalchemy as sa
from alembic import op
from gerai_shared.times import AwareDateTime

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('directives',
    sa.Column('id', sa.String(36), nullable=False),
    sa.Column('number', sa.String(100), nullable=False),
    sa.Column('issuer', sa.String(200), nullable=False),
    sa.Column('dated', sa.Date(), nullable=False),
    sa.Column('scope', sa.String(20), nullable=False),
    sa.Column('code', sa.String(60), nullable=False),
    sa.Column('services', sa.Text(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('text_id', sa.Text(), nullable=False),
    sa.Column('text_en', sa.Text(), nullable=False),
    sa.Column('state', sa.String(20), nullable=False),
    sa.Column('treatment', sa.String(20), nullable=True),
    sa.Column('choose_until', sa.Date(), nullable=True),
    sa.Column('drafted_by', sa.String(100), nullable=False),
    sa.Column('drafted_at', AwareDateTime(), nullable=False),
    sa.Column('applied_by', sa.String(100), nullable=True),
    sa.Column('applied_at', AwareDateTime(), nullable=True),
    sa.Column('undone_by', sa.String(100), nullable=True),
    sa.Column('undone_at', AwareDateTime(), nullable=True),
    sa.Column('undone_why', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directives'))
    )
    op.create_index('ix_directives_state_last_day', 'directives', ['state', 'last_day'])
    op.create_table('directive_tickets',
    sa.Column('directive_id', sa.String(36), nullable=False),
    sa.Column('ticket_id', sa.String(36), nullable=False),
    sa.Column('number', sa.String(8), nullable=False),
    sa.Column('site', sa.String(60), nullable=False),
    sa.Column('service', sa.String(60), nullable=False),
    sa.Column('slot_id', sa.String(100), nullable=False),
    sa.Column('starts_at', AwareDateTime(), nullable=False),
    sa.Column('treatment', sa.String(20), nullable=False),
    sa.Column('new_ticket_id', sa.String(36), nullable=True),
    sa.Column('at', AwareDateTime(), nullable=False),
    sa.Column('outcome', sa.String(20), nullable=True),
    sa.Column('restored_ticket_id', sa.String(36), nullable=True),
    sa.ForeignKeyConstraint(
        ['directive_id'], ['directives.id'], name=op.f('fk_directive_tickets_directive_id')
    ),
    sa.PrimaryKeyConstraint('directive_id', 'ticket_id', name=op.f('pk_directive_tickets'))
    )
    for column in ('ticket_id', 'new_ticket_id', 'restored_ticket_id'):
        op.create_index(f'ix_directive_tickets_{column}', 'directive_tickets', [column])
    op.create_table('calendar_overrides',
    sa.Column('site', sa.String(60), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('opens', sa.Time(), nullable=False),
    sa.Column('closes', sa.Time(), nullable=False),
    sa.Column('break_starts', sa.Time(), nullable=True),
    sa.Column('break_ends', sa.Time(), nullable=True),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.String(100), nullable=False),
    sa.Column('decided_at', AwareDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('site', 'day', name=op.f('pk_calendar_overrides'))
    )


def downgrade() -> None:
    op.drop_table('calendar_overrides')
    op.drop_table('directive_tickets')
    op.drop_table('directives')
