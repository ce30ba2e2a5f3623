"""Files that people added to complaints: what is known of each. Their contents are kept elsewhere."""

from datetime import datetime

from gerai_shared import accounts
from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from gerai_complaints.models.base import Base

LOOSE = text("complaint_id IS NULL")
UNKNOWN = text("verdict IS NULL")


class Attachment(Base):
    """One file. Its row is there before its content is stored, and until after that is removed.

    Without `complaint_id` it waits to be sent with something, or has lost its complaint: what waits too
    long, and what was attached once, is removed. `by` is citizen or officer. `name` is the sealed object
    {name}; `kind` a media type; `size` in bytes. `verdict` is the scanner's; until it has one, `scan_at` is
    when it is asked.
    `removing_at` is when somebody began to remove it.
    """

    __tablename__ = "attachments"
    __table_args__ = (
        CheckConstraint("verdict IN ('clean', 'infected', 'unscannable')", name="verdict"),
        # Few rows each, however many files there are: what may be removed, what is to be scanned.
        Index(
            "ix_attachments_loose_uploaded_at",
            "uploaded_at",
            postgresql_where=LOOSE,
            sqlite_where=LOOSE,
        ),
        Index("ix_attachments_scan_at", "scan_at", postgresql_where=UNKNOWN, sqlite_where=UNKNOWN),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    complaint_id: Mapped[str | None] = mapped_column(
        ForeignKey("complaints.id", ondelete="SET NULL"), index=True
    )
    by: Mapped[str] = mapped_column(String(10))
    officer_id: Mapped[str | None] = mapped_column(ForeignKey(accounts.officers.c.id))
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(20))
    size: Mapped[int] = mapped_column(Integer)
    uploaded_at: Mapped[datetime]
    stored_at: Mapped[datetime | None]
    attached_at: Mapped[datetime | None]
    verdict: Mapped[str | None] = mapped_column(String(20))
    scan_at: Mapped[datetime]
    scan_attempts: Mapped[int] = mapped_column(Integer)
    removing_at: Mapped[datetime | None]
