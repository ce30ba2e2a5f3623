"""Agencies, sites and services as complaints know them, and the days on which a place works."""

from datetime import date, datetime

from sqlalchemy import Boolean, String
from sqlalchemy.orm import Mapped, mapped_column

from gerai_complaints.models.base import Base


class DayException(Base):
    """A day on which one place works otherwise than the national calendar says; site '' means all places."""

    __tablename__ = "day_exceptions"

    site: Mapped[str] = mapped_column(String(60), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(String(200))


class Agency(Base):
    """An agency and what people call it, learned from its catalogue; `ask_at` is when to ask next."""

    __tablename__ = "agencies"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_id: Mapped[str | None] = mapped_column(String(200))
    name_en: Mapped[str | None] = mapped_column(String(200))
    ask_at: Mapped[datetime]


class PlaceName(Base):
    """What people call a site or a service of an agency (`kind`); a site's row has its time zone."""

    __tablename__ = "place_names"

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    agency: Mapped[str] = mapped_column(String(40), primary_key=True)
    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    name_id: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    time_zone: Mapped[str | None] = mapped_column(String(40))
