"""Answers to the survey of satisfaction, and what was computed of a site for everybody."""

from datetime import date, datetime

from gerai_shared.database import CountingKey
from sqlalchemy import CheckConstraint, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from gerai_complaints.models.base import Base
from gerai_complaints.rules.satisfaction import HIGHEST, LOWEST, Element


class SurveyAnswer(Base):
    """What somebody said of a visit; nothing tells who.

    `day` is the day of the visit at the site, `answered_on` of the answer. `visit` is a keyed hash of the
    ticket, by which a repeat is recognised; null without a ticket, and once no answer is taken any more.
    `service` and `counter` are null where nobody told. The columns by rules.satisfaction.Element are 1 to 4.
    """

    __tablename__ = "survey_answers"
    __table_args__ = (
        *(
            CheckConstraint(f"{element.value} BETWEEN {LOWEST} AND {HIGHEST}", name=element.value)
            for element in Element
        ),
        Index("ix_survey_answers_site_day", "site", "day"),
        # What is still to be forgotten: few rows, however many answers there are.
        Index(
            "ix_survey_answers_day_of_visit",
            "day",
            postgresql_where=text("visit IS NOT NULL"),
            sqlite_where=text("visit IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(CountingKey, primary_key=True, autoincrement=True)
    agency: Mapped[str] = mapped_column(String(40))
    site: Mapped[str] = mapped_column(String(60))
    service: Mapped[str | None] = mapped_column(String(60))
    counter: Mapped[str | None] = mapped_column(String(60))
    day: Mapped[date] = mapped_column(index=True)
    answered_on: Mapped[date]
    channel: Mapped[str] = mapped_column(String(12))
    visit: Mapped[str | None] = mapped_column(String(64), unique=True)
    requirements: Mapped[int] = mapped_column(SmallInteger)
    procedure: Mapped[int] = mapped_column(SmallInteger)
    time: Mapped[int] = mapped_column(SmallInteger)
    cost: Mapped[int] = mapped_column(SmallInteger)
    product: Mapped[int] = mapped_column(SmallInteger)
    competence: Mapped[int] = mapped_column(SmallInteger)
    conduct: Mapped[int] = mapped_column(SmallInteger)
    complaints: Mapped[int] = mapped_column(SmallInteger)
    facilities: Mapped[int] = mapped_column(SmallInteger)
    remark: Mapped[str | None] = mapped_column(Text)


class SiteReport(Base):
    """What everybody may read of a site, computed once a day; `contents` is JSON."""

    __tablename__ = "site_reports"

    site: Mapped[str] = mapped_column(String(60), primary_key=True)
    day: Mapped[date]
    computed_at: Mapped[datetime]
    contents: Mapped[str] = mapped_column(Text)
