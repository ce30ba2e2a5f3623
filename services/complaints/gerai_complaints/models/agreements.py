"""What the Ombudsman has agreed with agencies, and which agencies it supervises."""

from datetime import date, datetime

from gerai_shared import accounts
from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gerai_complaints.models.base import Base


class Agreement(Base):
    """A memorandum of understanding (S2-8). `parties` has one on each line; `focal_role` names an office."""

    __tablename__ = "agreements"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    number: Mapped[str] = mapped_column(String(100), unique=True)
    subject: Mapped[str] = mapped_column(String(300))
    parties: Mapped[str] = mapped_column(Text)
    signed_on: Mapped[date]
    valid_until: Mapped[date | None]
    document: Mapped[str | None] = mapped_column(String(300))
    focal_role: Mapped[str] = mapped_column(String(150))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(ForeignKey(accounts.officers.c.id))


class SupervisedAgency(Base):
    """That the Ombudsman supervises an agency (S2-11), from `since` to `until`, its last day."""

    __tablename__ = "supervised_agencies"

    agency: Mapped[str] = mapped_column(String(40), primary_key=True)
    since: Mapped[date] = mapped_column(primary_key=True)
    until: Mapped[date | None]
    basis: Mapped[str] = mapped_column(String(300))
