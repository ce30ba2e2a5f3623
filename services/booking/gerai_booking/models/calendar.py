"""Days on which a site keeps other hours than its catalogue says; each with who decided it, and why."""

from datetime import date
from typing import Any

from gerai_shared.database import insert_into
from gerai_shared.times import AwareDateTime
from sqlalchemy import Column, Date, String, Table, Text, Time, select
from sqlalchemy.orm import Session

from gerai_booking.models.tables import metadata
from gerai_booking.rules.catalogue import Break, WeeklyHours

#: A day that is open at these hours, in the site's own time, whatever its weekday and the holidays say.
overrides = Table(
    "calendar_overrides",
    metadata,
    Column("site", String(60), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("opens", Time, nullable=False),
    Column("closes", Time, nullable=False),
    Column("break_starts", Time, nullable=True),
    Column("break_ends", Time, nullable=True),
    Column("basis", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("decided_by", String(100), nullable=False),
    Column("decided_at", AwareDateTime, nullable=False),
)


def rows_of(session: Session, *, site: str, first: date, last: date) -> list[Any]:
    """Return a site's days of its own in a range, both ends included, in order."""
    where = (overrides.c.site == site, overrides.c.day.between(first, last))
    return list(session.execute(select(overrides).where(*where).order_by(overrides.c.day)))


def hours_of(session: Session, *, site: str, first: date, last: date) -> dict[date, WeeklyHours]:
    """Return the hours of a site's days of its own, by day."""
    return {row.day: _hours(row) for row in rows_of(session, site=site, first=first, last=last)}


def put(session: Session, row: dict[str, Any]) -> dict[str, Any] | None:
    """Write the hours of a day; return the row that it replaces, if there was one."""
    key = [overrides.c[name] == row[name] for name in ("site", "day")]
    before = session.execute(select(overrides).where(*key).with_for_update()).mappings().one_or_none()
    statement = insert_into(session, overrides)
    session.execute(
        statement.values(row).on_conflict_do_update(
            index_elements=list(overrides.primary_key.columns),
            set_={name: statement.excluded[name] for name in row if name not in {"site", "day"}},
        )
    )
    return dict(before) if before else None


def _hours(row: Any) -> WeeklyHours:
    pauses = (Break(starts=row.break_starts, ends=row.break_ends),) if row.break_starts else ()
    return WeeklyHours(weekday=row.day.weekday(), opens=row.opens, closes=row.closes, breaks=pauses)
