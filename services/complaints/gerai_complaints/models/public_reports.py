"""What the public may read of complaints, who looked at it first, and programs that report for citizens."""

from datetime import datetime

from gerai_shared import accounts
from gerai_shared.database import CountingKey
from sqlalchemy import Boolean, CheckConstraint, Float, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gerai_complaints.models.base import Base


class InterfaceClient(Base):
    """A program that may report for citizens. Of its key only the SHA-256 is kept."""

    __tablename__ = "interface_clients"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class PublicReport(Base):
    """A complaint as the public may see it, under a random `id` that says nothing about how many there are.

    Listed while `agreed_at` is set and `withdrawn_at` is not; `title` and `text` are what a moderator has
    published, null until then. `address`, `latitude`, `longitude` (WGS84 degrees) are the reporter's and are
    shown with the text, if the moderator lets them (`shows_place`): it may be somebody's home. `requested_at`
    is the complaint's receipt. `content_hash` recognises what the client repeats; without a client it came by
    our own form.
    """

    __tablename__ = "public_reports"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'published', 'withheld')", name="state"),
        Index("ix_public_reports_requested_at", "requested_at", "id"),
        Index("ix_public_reports_state_requested_at", "state", "requested_at"),
        Index("ix_public_reports_client_id_content_hash", "client_id", "content_hash"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), unique=True)
    client_id: Mapped[str | None] = mapped_column(ForeignKey("interface_clients.id"))
    content_hash: Mapped[str | None] = mapped_column(String(64))
    requested_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10))
    revision: Mapped[int] = mapped_column(Integer)
    title: Mapped[str | None] = mapped_column(String(150))
    text: Mapped[str | None] = mapped_column(Text)
    moderated_at: Mapped[datetime | None]
    address: Mapped[str | None] = mapped_column(String(500))
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    shows_place: Mapped[bool] = mapped_column(Boolean)


class Moderation(Base):
    """What an officer decided about a public report: the `text` as published, or the `reason` it is not."""

    __tablename__ = "public_report_moderations"

    id: Mapped[int] = mapped_column(CountingKey, primary_key=True, autoincrement=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("public_reports.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    officer_id: Mapped[str] = mapped_column(ForeignKey(accounts.officers.c.id))
    state: Mapped[str] = mapped_column(String(10))
    title: Mapped[str | None] = mapped_column(String(150))
    text: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(String(300))
