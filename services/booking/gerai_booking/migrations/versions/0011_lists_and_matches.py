"""Lists that applicants are compared with, and how urgent they say it is"""

import sqlalchemy as sa
from alembic import op
from gerai_shared.times import AwareDateTime

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('people') as batch_op:
        batch_op.add_column(sa.Column('urgent', sa.Boolean(), nullable=True))
    op.create_table('list_purposes',
    sa.Column('source', sa.String(100), nullable=False),
    sa.Column('purpose', sa.String(60), nullable=False),
    sa.PrimaryKeyConstraint('source', 'purpose', name=op.f('pk_list_purposes'))
    )
    op.create_table('list_entries',
    sa.Column('source', sa.String(100), nullable=False),
    sa.Column('reference', sa.String(60), nullable=False),
    sa.Column('person_hash', sa.String(64), nullable=False),
    sa.Column('sealed', sa.Text(), nullable=False),
    sa.Column('imported_at', AwareDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('source', 'reference', name=op.f('pk_list_entries'))
    )
    op.create_index('ix_list_entries_person_hash', 'list_entries', ['person_hash'])
    op.create_table('list_imports',
    sa.Column('id', sa.String(36), nullable=False),
    sa.Column('at', AwareDateTime(), nullable=False),
    sa.Column('officer_id', sa.String(36), nullable=False),
    sa.Column('officer_name', sa.String(100), nullable=False),
    sa.Column('source', sa.String(100), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('purposes', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('added', sa.Integer(), nullable=False),
    sa.Column('replaced', sa.Integer(), nullable=False),
    sa.Column('refused', sa.Integer(), nullable=False),
    sa.Column('problems', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_list_imports'))
    )
    op.create_index('ix_list_imports_at', 'list_imports', ['at'])
    op.create_table('ticket_matches',
    sa.Column('ticket_id', sa.String(36), nullable=False),
    sa.Column('state', sa.String(20), nullable=False),
    sa.Column('source', sa.String(100), nullable=False),
    sa.Column('reference', sa.String(60), nullable=True),
    sa.Column('differences', sa.Text(), nullable=False),
    sa.Column('changed_at', AwareDateTime(), nullable=False),
    sa.ForeignKeyConstraint(
        ['ticket_id'], ['tickets.id'], name=op.f('fk_ticket_matches_ticket_id_tickets'), ondelete='CASCADE'
    ),
    sa.PrimaryKeyConstraint('ticket_id', name=op.f('pk_ticket_matches'))
    )
    op.create_index('ix_ticket_matches_state', 'ticket_matches', ['state'])
    op.create_table('match_changes',
    sa.Column('id', sa.String(36), nullable=False),
    sa.Column('ticket_id', sa.String(36), nullable=False),
    sa.Column('at', AwareDateTime(), nullable=False),
    sa.Column('officer_id', sa.String(36), nullable=True),
    sa.Column('officer_name', sa.String(100), nullable=True),
    sa.Column('before', sa.String(20), nullable=True),
    sa.Column('after', sa.String(20), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_match_changes'))
    )
    op.create_index('ix_match_changes_ticket_id', 'match_changes', ['ticket_id'])


def downgrade() -> None:
    for table in ('match_changes', 'ticket_matches', 'list_imports', 'list_entries', 'list_purposes'):
        op.drop_table(table)
    with op.batch_alter_table('people') as batch_op:
        batch_op.drop_column('urgent')
