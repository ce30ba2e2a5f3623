"""What was erased of complaints, or will be, and at whose wish."""

from datetime import datetime

from gerai_shared import accounts
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from gerai_complaints.models.base import Base

WAITING = text("person_erased_at IS NULL")


class Erasure(Base):
    """One row for a complaint of which somebody wants something erased, or something was.

    `by` is citizen or officer who asked (with `why`), or system when a period of rules.privacy was over.
    `person_erased_at` is null while the case is still to be answered. `contents_erased_at` is when texts and
    files went.
    """

    __tablename__ = "erasures"
    __table_args__ = (
        CheckConstraint("\"by\" IN ('citizen', 'officer', 'system')", name="by"),
        Index("ix_erasures_waiting", "asked_at", postgresql_where=WAITING, sqlite_where=WAITING),
    )

    complaint_id: Mapped[str] = mapped_column(
        ForeignKey("complaints.id", ondelete="CASCADE"), primary_key=True
    )
    asked_at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(10))
    officer_id: Mapped[str | None] = mapped_column(ForeignKey(accounts.officers.c.id))
    why: Mapped[str | None] = mapped_column(String(300))
    person_erased_at: Mapped[datetime | None]
    contents_erased_at: Mapped[datetime | None]
