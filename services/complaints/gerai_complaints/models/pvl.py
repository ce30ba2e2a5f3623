"""PVL on the spot: its events, their teams, the plan of a year, and who was received there."""

from datetime import date, datetime

from gerai_shared import accounts
from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gerai_complaints.models.base import Base


class PvlEvent(Base):
    """The Ombudsman at a place, from `first_day` to `last_day`, as the guest of `agency`.

    The place is a `site` of the mall, or free words with their regency. `reason` says why one is cancelled.
    """

    __tablename__ = "pvl_events"
    __table_args__ = (CheckConstraint("state IN ('planned', 'held', 'cancelled')", name="state"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    first_day: Mapped[date] = mapped_column(index=True)
    last_day: Mapped[date]
    agency: Mapped[str] = mapped_column(String(40))
    site: Mapped[str | None] = mapped_column(String(60))
    place: Mapped[str | None] = mapped_column(String(200))
    regency: Mapped[str | None] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(300))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(ForeignKey(accounts.officers.c.id))


class PvlMember(Base):
    """Somebody of an event's team, with a role of rules.pvl.TeamRole."""

    __tablename__ = "pvl_members"

    event_id: Mapped[str] = mapped_column(ForeignKey("pvl_events.id", ondelete="CASCADE"), primary_key=True)
    officer_id: Mapped[str] = mapped_column(ForeignKey(accounts.officers.c.id), primary_key=True)
    role: Mapped[str] = mapped_column(String(20))


class PvlPlan(Base):
    """How many events a year should have, and what that rests on."""

    __tablename__ = "pvl_plans"

    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    target: Mapped[int] = mapped_column(Integer)
    basis: Mapped[str] = mapped_column(String(300))


class PvlIntake(Base):
    """Somebody who was received at an event.

    `key` was made on the tablet: it never comes in twice. `local_number` is what the tablet told the person
    before anything was sent. `taken_at` is when they were received by the tablet's clock, `received_at`
    when it came in here. A consultation with a complaint was carried over into one.
    """

    __tablename__ = "pvl_intakes"
    __table_args__ = (CheckConstraint("kind IN ('consultation', 'complaint')", name="kind"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    event_id: Mapped[str] = mapped_column(ForeignKey("pvl_events.id"), index=True)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    local_number: Mapped[str] = mapped_column(String(20))
    complaint_id: Mapped[str | None] = mapped_column(
        ForeignKey("complaints.id", ondelete="SET NULL"), unique=True
    )
    officer_id: Mapped[str] = mapped_column(ForeignKey(accounts.officers.c.id))
    taken_at: Mapped[datetime]
    received_at: Mapped[datetime]


class PvlConsultation(Base):
    """What somebody asked and was advised on the spot; it is closed at once.

    `contact` is the sealed object {name, email, phone}, as in `complaint_people`; all null once it is erased.
    """

    __tablename__ = "pvl_consultations"

    intake_id: Mapped[str] = mapped_column(ForeignKey("pvl_intakes.id", ondelete="CASCADE"), primary_key=True)
    title: Mapped[str] = mapped_column(String(150))
    question: Mapped[str] = mapped_column(Text)
    advice: Mapped[str] = mapped_column(Text)
    legal_basis: Mapped[str | None] = mapped_column(String(300))
    agency: Mapped[str] = mapped_column(String(40))
    service: Mapped[str | None] = mapped_column(String(60))
    anonymous: Mapped[bool] = mapped_column(Boolean)
    confidential: Mapped[bool] = mapped_column(Boolean)
    language: Mapped[str] = mapped_column(String(2))
    contact: Mapped[str] = mapped_column(Text)
    contact_erased_at: Mapped[datetime | None]


class SiteCoverage(Base):
    """A regency that an agency's site is there for, learned from its catalogue."""

    __tablename__ = "site_coverage"

    agency: Mapped[str] = mapped_column(String(40), primary_key=True)
    site: Mapped[str] = mapped_column(String(60), primary_key=True)
    regency: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
