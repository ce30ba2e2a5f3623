"""Mails that came in: each once, what became of it, and nothing of what it says."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from gerai_complaints.models.base import Base


class MailIn(Base):
    """A mail. `id` is a hash that recognises a repeat, `sender` a keyed hash of who wrote it.

    `outcome` is filed, comment or refused; `reason` says why it was refused. `complaint_id` is the complaint
    that it became or was added to.
    """

    __tablename__ = "mails_in"
    __table_args__ = (Index("ix_mails_in_sender_received_at", "sender", "received_at"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    sender: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(20))
    complaint_id: Mapped[str | None] = mapped_column(
        ForeignKey("complaints.id", ondelete="CASCADE"), index=True
    )
