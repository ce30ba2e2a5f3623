"""What the office does with complaints: check, wait, extend, refuse by two; and who works for whom."""

from datetime import date, datetime

from gerai_shared import accounts
from gerai_shared.database import CountingKey
from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from gerai_complaints.models.base import Base

OFFICER = accounts.officers.c.id


class Pause(Base):
    """A time in which the clock of a complaint stood still; `ended_on` is null while it does.

    Days are those of the site's calendar. `working_days` is by how many the due date moved.
    """

    __tablename__ = "pauses"
    __table_args__ = (
        Index(
            "uq_pauses_under_way",
            "complaint_id",
            unique=True,
            postgresql_where=text("ended_on IS NULL"),
            sqlite_where=text("ended_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(CountingKey, primary_key=True, autoincrement=True)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    began_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    ended_on: Mapped[date | None]
    working_days: Mapped[int | None] = mapped_column(Integer)


class Extension(Base):
    """Working days that a supervisor added, with the reason, and the day it was due by then."""

    __tablename__ = "extensions"
    __table_args__ = (CheckConstraint("working_days > 0", name="working_days"),)

    id: Mapped[int] = mapped_column(CountingKey, primary_key=True, autoincrement=True)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    officer_id: Mapped[str] = mapped_column(ForeignKey(OFFICER))
    working_days: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]


class VerificationCheck(Base):
    """An item of the check list (rules.verification), and who last said whether it is fulfilled."""

    __tablename__ = "verification_checks"

    complaint_id: Mapped[str] = mapped_column(
        ForeignKey("complaints.id", ondelete="CASCADE"), primary_key=True
    )
    item: Mapped[str] = mapped_column(String(30), primary_key=True)
    is_fulfilled: Mapped[bool] = mapped_column(Boolean)
    officer_id: Mapped[str] = mapped_column(ForeignKey(OFFICER))
    at: Mapped[datetime]


class RefusalProposal(Base):
    """Somebody wants to refuse a complaint on a ground of rules.refusal; somebody else decides."""

    __tablename__ = "refusal_proposals"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_persons"),
        Index(
            "uq_refusal_proposals_undecided",
            "complaint_id",
            unique=True,
            postgresql_where=text("decided_at IS NULL"),
            sqlite_where=text("decided_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(CountingKey, primary_key=True, autoincrement=True)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    ground: Mapped[str] = mapped_column(String(30))
    text: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str] = mapped_column(ForeignKey(OFFICER))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey(OFFICER))
    decided_at: Mapped[datetime | None]
    is_refused: Mapped[bool | None] = mapped_column(Boolean)


class AnswerTemplate(Base):
    """A text that answers begin with; without `agency` for all."""

    __tablename__ = "answer_templates"

    id: Mapped[int] = mapped_column(CountingKey, primary_key=True, autoincrement=True)
    agency: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(2))
    title: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(ForeignKey(OFFICER))
    changed_at: Mapped[datetime]


class DeskAgency(Base):
    """An agency whose complaints an officer works on; who has no row works on those of all."""

    __tablename__ = "desk_agencies"

    officer_id: Mapped[str] = mapped_column(ForeignKey(OFFICER, ondelete="CASCADE"), primary_key=True)
    agency: Mapped[str] = mapped_column(String(40), primary_key=True)
