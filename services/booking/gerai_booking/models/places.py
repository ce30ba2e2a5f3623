"""Places: how many there are, how many are taken, which numbers are out.

Whoever changes how many places are taken locks the day's row first, then the slot's. Days are locked
in sorted order. So two transactions never wait for each other in a circle, and the slots of a day
are touched by one transaction at a time.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from gerai_shared.database import insert_into
from gerai_shared.times import AwareDateTime
from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from gerai_booking.models.tables import metadata

#: How the start of an hour is written in its id, in UTC.
SLOT_TIME = "%Y%m%dT%H%MZ"
YEARS_OF_SLOTS = range(2000, 3000)

#: Dated rules: how many places a site gives on a day through a channel, over all services or for one.
quotas = Table(
    "quotas",
    metadata,
    Column("site", String(60), primary_key=True),
    Column("service", String(60), primary_key=True),
    Column("channel", String(20), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date, nullable=True),
    Column("places", Integer, nullable=False),
    Column("basis", Text, nullable=False),
)

#: One row for each day and quota that bounds it; `service` is '' for the quota over all services.
day_quotas = Table(
    "day_quotas",
    metadata,
    Column("site", String(60), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("service", String(60), primary_key=True),
    Column("capacity", Integer, nullable=False),
    Column("taken", Integer, nullable=False, server_default="0"),
    # The last word against overselling, whatever the code above it does.
    CheckConstraint("taken >= 0 AND taken <= capacity", name="taken_within_capacity"),
)

#: An hour of one service at one site.
slots = Table(
    "slots",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("site", String(60), nullable=False),
    Column("service", String(60), nullable=False),
    Column("day", Date, nullable=False),
    Column("starts_at", AwareDateTime, nullable=False),
    Column("ends_at", AwareDateTime, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("taken", Integer, nullable=False, server_default="0"),
    CheckConstraint("taken >= 0 AND taken <= capacity", name="taken_within_capacity"),
    Index("ix_slots_site_service_day", "site", "service", "day"),
)

#: The last number given out for a site, day and service letter.
series = Table(
    "series",
    metadata,
    Column("site", String(60), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("prefix", String(1), primary_key=True),
    Column("last", Integer, nullable=False),
)


def slot_id(site: str, service: str, starts_at: datetime) -> str:
    """Return the id of an hour; the same hour has the same id however often it is opened."""
    return f"{site}.{service}.{starts_at:{SLOT_TIME}}"


def read_slot_id(text: str) -> tuple[str, str, datetime] | None:
    """Return (site, service, start) from the id of an hour, opened or not; None if it is no such id."""
    try:
        site, service, start = text.split(".")
        starts_at = datetime.strptime(start, SLOT_TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
    # At the ends of the calendar a moment has no local day any more.
    return (site, service, starts_at) if starts_at.year in YEARS_OF_SLOTS else None


def find_slots(session: Session, ids: Sequence[str]) -> dict[str, Any]:
    """Return slots by id."""
    rows = session.execute(select(slots).where(slots.c.id.in_(set(ids))))
    return {row.id: row for row in rows}


def slots_between(session: Session, *, site: str, service: str, first: date, last: date) -> list[Any]:
    """Return the slots of a service at a site from `first` to `last`, both included, in order of time."""
    return list(
        session.execute(
            select(slots)
            .where(slots.c.site == site, slots.c.service == service, slots.c.day.between(first, last))
            .order_by(slots.c.starts_at)
        )
    )


def days_between(session: Session, *, site: str, service: str, first: date, last: date) -> list[Any]:
    """Return the quota rows that bound a service at a site in a range of days."""
    return list(
        session.execute(
            select(day_quotas).where(
                day_quotas.c.site == site,
                day_quotas.c.service.in_(("", service)),
                day_quotas.c.day.between(first, last),
            )
        )
    )


def lock_days(session: Session, days: Iterable[tuple[str, date]]) -> dict[tuple[str, date], dict[str, int]]:
    """Lock the quotas of days at sites for this transaction, in order; return what each has left.

    By (site, day) and service; '' is the quota over all services.
    """
    left: dict[tuple[str, date], dict[str, int]] = {day: {} for day in days}
    rows = session.execute(
        select(day_quotas)
        .where(tuple_(day_quotas.c.site, day_quotas.c.day).in_(list(left)))
        .order_by(day_quotas.c.site, day_quotas.c.day, day_quotas.c.service)
        .with_for_update()
    )
    for row in rows:
        left[row.site, row.day][row.service] = row.capacity - row.taken
    return left


def lock_slots(session: Session, ids: Iterable[str]) -> dict[str, int]:
    """Lock slots for this transaction, in order; return how many places each has left."""
    rows = session.execute(
        select(slots.c.id, slots.c.capacity, slots.c.taken)
        .where(slots.c.id.in_(set(ids)))
        .order_by(slots.c.id)
        .with_for_update()
    )
    return {row.id: row.capacity - row.taken for row in rows}


def take(
    session: Session, *, of_days: Mapping[tuple[str, date, str], int], of_slots: Mapping[str, int]
) -> None:
    """Take places of locked quotas, by (site, day, service), and of locked slots, by id.

    The caller has seen under its locks that they are there; should it be mistaken, the constraints of both
    tables end the transaction.
    """
    if of_days:
        session.connection().execute(
            update(day_quotas)
            .where(
                day_quotas.c.site == bindparam("the_site"),
                day_quotas.c.day == bindparam("the_day"),
                day_quotas.c.service == bindparam("the_service"),
            )
            .values(taken=day_quotas.c.taken + bindparam("count")),
            [
                {"the_site": site, "the_day": day, "the_service": service, "count": count}
                for (site, day, service), count in sorted(of_days.items())
            ],
        )
    if of_slots:
        session.connection().execute(
            update(slots)
            .where(slots.c.id == bindparam("the_id"))
            .values(taken=slots.c.taken + bindparam("count")),
            [{"the_id": slot, "count": count} for slot, count in sorted(of_slots.items())],
        )


def give_back(session: Session, *, site: str, day: date, service: str, slot: str, count: int = 1) -> None:
    """Return places to a slot and to every quota of its day; locks the days first."""
    services = ("", service)
    session.execute(
        update(day_quotas)
        .where(day_quotas.c.site == site, day_quotas.c.day == day, day_quotas.c.service.in_(services))
        .values(taken=day_quotas.c.taken - count)
    )
    session.execute(update(slots).where(slots.c.id == slot).values(taken=slots.c.taken - count))


def next_numbers(
    session: Session, counts: Mapping[tuple[str, date, str], int]
) -> dict[tuple[str, date, str], range]:
    """Take the next numbers of several series, by (site, day, prefix): as many of each as `counts` says."""
    if not counts:
        return {}
    statement = insert_into(session, series)
    rows = session.execute(
        statement.on_conflict_do_update(
            index_elements=[series.c.site, series.c.day, series.c.prefix],
            set_={"last": series.c.last + statement.excluded.last},
        ).returning(series),
        [
            {"site": site, "day": day, "prefix": prefix, "last": count}
            for (site, day, prefix), count in sorted(counts.items())
        ],
    )
    numbers = {}
    for row in rows:
        key = (row.site, row.day, row.prefix)
        numbers[key] = range(row.last - counts[key] + 1, row.last + 1)
    return numbers


def quota_on(session: Session, *, site: str, day: date, channel: str) -> dict[str, int]:
    """Return the places of a day by service ('' over all) as the dated rules have them."""
    rows = session.execute(
        select(quotas.c.service, quotas.c.places)
        .where(
            quotas.c.site == site,
            quotas.c.channel == channel,
            quotas.c.valid_from <= day,
            or_(quotas.c.valid_to.is_(None), quotas.c.valid_to >= day),
        )
        .order_by(quotas.c.valid_from)
    )
    return {service: places for service, places in rows}


def put_missing(session: Session, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows that are not there yet; those that are stay as they are."""
    if rows:
        session.execute(insert_into(session, table).on_conflict_do_nothing(), rows)
