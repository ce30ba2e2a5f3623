"""By when complaints are answered."""

from datetime import date

from gerai_shared.database import CountingKey
from sqlalchemy import Boolean, CheckConstraint, Integer, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from gerai_complaints.models.base import Base


class DueRuleRow(Base):
    """A rule of `rules.due`; without `agency` it holds for all, with `classification` "any" for all kinds."""

    __tablename__ = "sla_rules"
    __table_args__ = (CheckConstraint("working_days > 0", name="working_days"),)

    id: Mapped[int] = mapped_column(CountingKey, primary_key=True, autoincrement=True)
    classification: Mapped[str] = mapped_column(String(20))
    agency: Mapped[str | None] = mapped_column(String(40))
    step: Mapped[str] = mapped_column(String(20), server_default="answer")
    working_days: Mapped[int] = mapped_column(Integer)
    in_calendar_days: Mapped[bool] = mapped_column(Boolean, server_default=false())
    basis: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
