"""The audit: rows that are chained by hashes, published heads, what overseers opened"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SAID = ("id", "at", '"by"', "officer_id", "act", "number", "complaint_id", "entry_id", "look_id", "digest")
#: Name, table, what is refused, and only of which rows.
REFUSED = (
    ("audit_rows_stay", "audit_rows", "DELETE", ""),
    ("audit_rows_keep_words", "audit_rows", f"UPDATE OF {', '.join(SAID)}", ""),
    ("audit_rows_keep_seals", "audit_rows", "UPDATE OF position, hash", "OLD.position IS NOT NULL"),
    # A salt is taken away when what it salts is erased; another one would make a changed text fit.
    ("audit_rows_keep_salts", "audit_rows", "UPDATE OF salt", "NEW.salt IS NOT NULL"),
    ("audit_heads_stay", "audit_heads", "DELETE", ""),
    ("audit_heads_keep", "audit_heads", "UPDATE", ""),
)


def upgrade() -> None:
    # Code of before adds no rows: what it does meanwhile is adopted (`audit adopt`).
    op.create_table(
        "overseer_looks",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=False),
        sa.Column("officer_name", sa.String(length=100), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overseer_looks")),
    )
    op.create_table(
        "audit_rows",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(length=10), nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=True),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("complaint_id", sa.String(length=36), nullable=True),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        sa.Column("look_id", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "\"by\" IN ('citizen', 'officer', 'overseer', 'system')", name=op.f("ck_audit_rows_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_rows")),
        sa.UniqueConstraint("position", name=op.f("uq_audit_rows_position")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_rows_entry_id")),
        sa.UniqueConstraint("look_id", name=op.f("uq_audit_rows_look_id")),
    )
    op.create_index(op.f("ix_audit_rows_complaint_id"), "audit_rows", ["complaint_id"])
    op.create_index(
        "ix_audit_rows_unsealed",
        "audit_rows",
        ["id"],
        postgresql_where=sa.text("position IS NULL"),
        sqlite_where=sa.text("position IS NULL"),
    )
    op.create_table(
        "audit_heads",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_audit_heads")),
    )
    _refuse_changes()


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit stays as it is'; END $$"
        )
        end = "EXECUTE FUNCTION audit_stays()"
        for table in ("audit_rows", "audit_heads"):
            op.execute(
                f"CREATE TRIGGER {table}_are_not_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {end}"
            )
    else:
        end = "BEGIN SELECT RAISE(ABORT, 'the audit stays as it is'); END"
    for name, table, what, when in REFUSED:
        only = f" WHEN ({when})" if when else ""
        op.execute(f"CREATE TRIGGER {name} BEFORE {what} ON {table} FOR EACH ROW{only} {end}")


def downgrade() -> None:
    op.drop_table("audit_heads")
    op.drop_table("audit_rows")
    op.drop_table("overseer_looks")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_stays()")
