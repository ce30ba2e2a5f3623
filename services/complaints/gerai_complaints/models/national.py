"""Reports that came from the national platform (SP4N-LAPOR!), under its own numbers."""

from datetime import date, datetime

from sqlalchemy import Float, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gerai_complaints.models.base import Base


class NationalReport(Base):
    """A complaint's number on the national platform, and what is written there and has no place of ours.

    `reported_on` is the day it was filed there, `status` its state there when it was brought here.
    """

    __tablename__ = "national_reports"

    number: Mapped[str] = mapped_column(String(60), primary_key=True)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), unique=True)
    imported_at: Mapped[datetime]
    reported_on: Mapped[date | None]
    status: Mapped[str | None] = mapped_column(String(100))
    agency: Mapped[str] = mapped_column(String(200))
    location: Mapped[str | None] = mapped_column(String(500))
    category: Mapped[str | None] = mapped_column(String(200))
    attachments: Mapped[str | None] = mapped_column(Text)
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
