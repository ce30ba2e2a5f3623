"""The audit: who did what when, chained by hashes; the heads that were published; what overseers opened."""

from datetime import date, datetime

from gerai_shared.database import CountingKey
from sqlalchemy import BigInteger, CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gerai_complaints.models.base import Base
from gerai_complaints.models.complaints import Entry


class Look(Base):
    """An overseer opened a page: `address` with what it asks for, `number` of the case if it was one."""

    __tablename__ = "overseer_looks"

    id: Mapped[int] = mapped_column(CountingKey, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    officer_id: Mapped[str] = mapped_column(String(36))
    officer_name: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(300))
    number: Mapped[str | None] = mapped_column(String(20))


class AuditRow(Base):
    """One act of a citizen, officer, overseer or of the system itself (`by`).

    It is added with the act, in its transaction. `position` (from 1, without gaps) and `hash` are given by
    the sealer afterwards. `digest` is of what was said or changed, which stands elsewhere, with `salt`: the
    one thing of a row that can be taken away, when what it tells of is erased. Nothing here refers by a
    foreign key: a row outlives what it tells of. Triggers keep rows from being changed or deleted.
    """

    __tablename__ = "audit_rows"
    __table_args__ = (
        CheckConstraint("\"by\" IN ('citizen', 'officer', 'overseer', 'system')", name="by"),
        # What the sealer looks for: few rows, however many are sealed.
        Index(
            "ix_audit_rows_unsealed",
            "id",
            postgresql_where=text("position IS NULL"),
            sqlite_where=text("position IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(CountingKey, primary_key=True, autoincrement=True)
    position: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(10))
    officer_id: Mapped[str | None] = mapped_column(String(36))
    act: Mapped[str] = mapped_column(String(40))
    number: Mapped[str | None] = mapped_column(String(20))
    complaint_id: Mapped[str | None] = mapped_column(String(36), index=True)
    entry_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    look_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str | None] = mapped_column(String(64))
    salt: Mapped[str | None] = mapped_column(String(32))

    # Both get their numbers as they are written: a row waits for them without a question of its own.
    entry: Mapped[Entry | None] = relationship(
        primaryjoin=lambda: AuditRow.entry_id == Entry.id, foreign_keys=lambda: AuditRow.entry_id
    )
    look: Mapped[Look | None] = relationship(
        primaryjoin=lambda: AuditRow.look_id == Look.id, foreign_keys=lambda: AuditRow.look_id
    )


class AuditHead(Base):
    """The chain's last row as it was published on a day; `count` is of rows since the head before."""

    __tablename__ = "audit_heads"

    day: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    position: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
    count: Mapped[int] = mapped_column(BigInteger)
