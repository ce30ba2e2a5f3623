"""Dossiers for the Ombudsman: which are due or made, their files, and who has taken them."""

from datetime import datetime

from gerai_shared import accounts
from gerai_shared.database import CountingKey
from sqlalchemy import Boolean, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gerai_complaints.models.base import Base

OFFICER = accounts.officers.c.id


class Dossier(Base):
    """One version of a complaint's dossier.

    `make_at` is when it is made, or tried again; null once it is. `last_entry` is the newest entry of the
    case's history that it knows. `digest` is over all parts (rules.dossier.digest_over). `asked_by` asked for
    it. `names_complainant`: they agreed that it names them, though they had asked for confidence.
    `handed_over_to` is the overseer who took a part of it first.
    """

    __tablename__ = "dossiers"
    __table_args__ = (
        UniqueConstraint("complaint_id", "version"),
        # One is under way at a time: whoever wants another one gets what comes.
        Index(
            "uq_dossiers_due",
            "complaint_id",
            unique=True,
            postgresql_where=text("made_at IS NULL"),
            sqlite_where=text("made_at IS NULL"),
        ),
        Index(
            "ix_dossiers_make_at",
            "make_at",
            postgresql_where=text("make_at IS NOT NULL"),
            sqlite_where=text("make_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(CountingKey, primary_key=True, autoincrement=True)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(20))
    due_since: Mapped[datetime]
    asked_by: Mapped[str | None] = mapped_column(ForeignKey(OFFICER))
    names_complainant: Mapped[bool] = mapped_column(Boolean)
    has_notes: Mapped[bool] = mapped_column(Boolean)
    make_at: Mapped[datetime | None]
    made_at: Mapped[datetime | None]
    last_entry: Mapped[int | None] = mapped_column(CountingKey)
    document_digest: Mapped[str | None] = mapped_column(String(64))
    print_digest: Mapped[str | None] = mapped_column(String(64))
    digest: Mapped[str | None] = mapped_column(String(64))
    handed_over_at: Mapped[datetime | None]
    handed_over_to: Mapped[str | None] = mapped_column(ForeignKey(OFFICER))


class DossierPart(Base):
    """A file of a dossier, in the database: it is backed up, and erased, together with its complaint.

    A table of its own, so that no list of dossiers carries it along. `sealed` are its bytes, sealed: it may
    hold a name. `size` is in bytes, before the seal.
    """

    __tablename__ = "dossier_parts"

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class DossierDownload(Base):
    """Somebody took a part of a dossier."""

    __tablename__ = "dossier_downloads"

    id: Mapped[int] = mapped_column(CountingKey, primary_key=True, autoincrement=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"), index=True)
    part: Mapped[str] = mapped_column(String(80))
    officer_id: Mapped[str] = mapped_column(ForeignKey(OFFICER))
    at: Mapped[datetime]
