"""Places that were given back and come back later: until then they count as taken in their hour and day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from gerai_shared.ids import new_id
from gerai_shared.times import AwareDateTime
from sqlalchemy import Column, Date, Index, String, Table, delete, func, insert, select
from sqlalchemy.orm import Session

from gerai_booking.models.places import day_quotas
from gerai_booking.models.tables import metadata
from gerai_booking.rules.quota import ALL

freed_places = Table(
    "freed_places",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(60), nullable=False),
    Column("service", String(60), nullable=False),
    Column("day", Date, nullable=False),
    Column("slot_id", String(100), nullable=False),
    Column("freed_at", AwareDateTime, nullable=False),
    Column("opens_at", AwareDateTime, nullable=False),
    Index("ix_freed_places_site_day", "site", "day"),
)


def add(
    session: Session,
    *,
    site: str,
    service: str,
    day: date,
    slot_id: str,
    freed_at: datetime,
    opens_at: datetime,
) -> None:
    """Write down a place that is kept back; its row of the hour and those of the day count it as taken."""
    session.execute(
        insert(freed_places).values(
            id=new_id(),
            site=site,
            service=service,
            day=day,
            slot_id=slot_id,
            freed_at=freed_at,
            opens_at=opens_at,
        )
    )


def take_out_opened(
    session: Session, *, site: str, day: date, now: datetime, limit: int | None = None
) -> list[Any]:
    """Delete and return places of a day that open now, up to `limit`; the caller holds the day and gives them
    back.
    """
    here = (freed_places.c.site == site, freed_places.c.day == day, freed_places.c.opens_at <= now)
    opened = select(freed_places.c.id).where(*here).order_by(freed_places.c.opens_at, freed_places.c.id)
    gone = delete(freed_places).where(freed_places.c.id.in_(opened.limit(limit)))
    return list(session.execute(gone.returning(freed_places.c.slot_id, freed_places.c.service)))


def take_out_of_hours(session: Session, slot_ids: Sequence[str]) -> list[Any]:
    """Delete and return what is kept back of hours; the caller holds their day and gives the places back."""
    gone = delete(freed_places).where(freed_places.c.slot_id.in_(slot_ids))
    return list(session.execute(gone.returning(freed_places.c.slot_id, freed_places.c.service)))


def opened_places(session: Session, *, site: str, first: date, last: date, now: datetime) -> list[Any]:
    """Return how many places of each hour of a site have opened again, and so count as free.

    Rows of (slot_id, day, service, places).
    """
    return list(
        session.execute(
            select(
                freed_places.c.slot_id,
                freed_places.c.day,
                freed_places.c.service,
                func.count().label("places"),
            )
            .where(
                freed_places.c.site == site,
                freed_places.c.day.between(first, last),
                freed_places.c.opens_at <= now,
            )
            .group_by(freed_places.c.slot_id, freed_places.c.day, freed_places.c.service)
        )
    )


def count_by_service(session: Session, *, site: str, days: Sequence[date]) -> dict[str, int]:
    """Return how many places of these days are kept back, by service."""
    rows = session.execute(
        select(freed_places.c.service, func.count())
        .where(freed_places.c.site == site, freed_places.c.day.in_(days))
        .group_by(freed_places.c.service)
    )
    return {service: count for service, count in rows}


def delete_past(session: Session, *, site: str, before: date) -> None:
    """Forget what was kept back of days that are over."""
    session.execute(delete(freed_places).where(freed_places.c.site == site, freed_places.c.day < before))


def lock_day_if_idle(session: Session, *, site: str, day: date) -> bool:
    """Lock a day unless another transaction works on it; tell whether it is locked now.

    The row over everything is the first that anybody locks of a day (see models.places).
    """
    query = (
        select(day_quotas.c.day)
        .where(
            day_quotas.c.site == site,
            day_quotas.c.day == day,
            day_quotas.c.service == ALL,
            day_quotas.c.channel == ALL,
        )
        .with_for_update(skip_locked=True)
    )
    return session.execute(query).one_or_none() is not None
