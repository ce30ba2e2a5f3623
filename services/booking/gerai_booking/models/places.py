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
    bindparam,
    case,
    delete,
    func,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from gerai_booking.models.tables import metadata
from gerai_booking.refusals.leases import NumbersUsedUp
from gerai_booking.rules.quota import ALL, ONLINE, Bound, bounds_of

#: How the start of an hour is written in its id, in UTC.
SLOT_TIME = "%Y%m%dT%H%MZ"
YEARS_OF_SLOTS = range(2000, 3000)

#: One row for each day and quota of the stack; '' is every service, every channel. The row over all services
#: and channels always exists: whoever changes places of a day meets there. Without a `capacity` a row only
#: counts. `extra` are the places beyond the capacity that are on record: given by a supervisor, or booked
#: before the quota fell. Nothing is booked into them.
day_quotas = Table(
    "day_quotas",
    metadata,
    Column("site", String(60), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("service", String(60), primary_key=True),
    Column("channel", String(20), primary_key=True, server_default=ONLINE),
    Column("capacity", Integer, nullable=True),
    Column("taken", Integer, nullable=False, server_default="0"),
    Column("extra", Integer, nullable=False, server_default="0"),
    # The last word against overselling, whatever the code above it does.
    CheckConstraint(
        "taken >= 0 AND (capacity IS NULL OR taken <= capacity + extra)", name="taken_within_capacity"
    ),
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
    # Set at a site node alone: the last number of the block that it was given.
    Column("until", Integer, nullable=True),
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


def places_by_day(session: Session, *, site: str, first: date, last: date, now: datetime) -> list[Any]:
    """Return what is free in the hours to come of each service and day of a site.

    Rows of (service, day, free, last_starts_at): `free` in the hours that have not begun yet, and when the
    last hour of the day begins.
    """
    to_come = case((slots.c.starts_at > now, slots.c.capacity - slots.c.taken), else_=0)
    return list(
        session.execute(
            select(
                slots.c.service,
                slots.c.day,
                func.sum(to_come).label("free"),
                func.max(slots.c.starts_at).label("last_starts_at"),
            )
            .where(slots.c.site == site, slots.c.day.between(first, last))
            .group_by(slots.c.service, slots.c.day)
        )
    )


def days_between(
    session: Session, *, site: str, services: Iterable[str], first: date, last: date
) -> list[Any]:
    """Return the rows that bound online bookings of services at a site in a range of days."""
    return list(
        session.execute(
            select(day_quotas).where(
                day_quotas.c.site == site,
                day_quotas.c.service.in_((ALL, *services)),
                day_quotas.c.channel.in_((ALL, ONLINE)),
                day_quotas.c.day.between(first, last),
                day_quotas.c.capacity.is_not(None),
            )
        )
    )


def day_rows(session: Session, *, site: str, first: date, last: date) -> list[Any]:
    """Return every row of a site's days, in order of day, channel and service."""
    return list(
        session.execute(
            select(day_quotas)
            .where(day_quotas.c.site == site, day_quotas.c.day.between(first, last))
            .order_by(day_quotas.c.day, day_quotas.c.channel, day_quotas.c.service)
        )
    )


def is_open(session: Session, *, site: str, day: date) -> bool:
    """Tell whether a day of a site is open: whether its row over all is there."""
    here = (day_quotas.c.site == site, day_quotas.c.day == day)
    over_all = (day_quotas.c.service == ALL, day_quotas.c.channel == ALL)
    return session.scalar(select(day_quotas.c.day).where(*here, *over_all)) is not None


def open_days_of(session: Session, *, site: str, first: date) -> list[date]:
    """Return the days of a site that are open, from `first` on, in order."""
    query = select(day_quotas.c.day).where(day_quotas.c.site == site, day_quotas.c.day >= first)
    return list(session.scalars(query.distinct().order_by(day_quotas.c.day)))


def places_of_hours(session: Session, *, site: str, day: date) -> int:
    """Return how many places the hours of a day have together."""
    query = select(func.sum(slots.c.capacity)).where(slots.c.site == site, slots.c.day == day)
    return session.scalar(query) or 0


def hours_with_places(session: Session, *, site: str, day: date) -> list[Any]:
    """Return the hours of a day in which a place is left, of all services, in order of time."""
    query = select(slots).where(slots.c.site == site, slots.c.day == day, slots.c.taken < slots.c.capacity)
    return list(session.execute(query.order_by(slots.c.starts_at, slots.c.id)))


def lock_days(
    session: Session, days: Iterable[tuple[str, date]]
) -> dict[tuple[str, date], dict[Bound, int | None]]:
    """Lock days at sites for this transaction, in order; return what each of their quotas has left.

    None is left of a row that only counts: it bounds nobody. The row over all is the lock; the others are
    read after it, so that whoever waited sees what a change of the plan put beside them meanwhile.
    """
    left: dict[tuple[str, date], dict[Bound, int | None]] = {day: {} for day in days}
    these = tuple_(day_quotas.c.site, day_quotas.c.day).in_(list(left))
    session.execute(
        select(day_quotas.c.taken)
        .where(these, day_quotas.c.service == ALL, day_quotas.c.channel == ALL)
        .order_by(day_quotas.c.site, day_quotas.c.day)
        .with_for_update()
    ).all()
    for row in session.execute(select(day_quotas).where(these)):
        bound = Bound(row.service, row.channel)
        left[row.site, row.day][bound] = None if row.capacity is None else row.capacity - row.taken
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
    session: Session, *, of_days: Mapping[tuple[str, date, Bound], int], of_slots: Mapping[str, int]
) -> None:
    """Take places of locked quotas, by (site, day, bound), and of locked slots, by id.

    The caller has seen under its locks that they are there; should it be mistaken, the constraints of both
    tables end the transaction.
    """
    if of_days:
        session.connection().execute(
            _ROW_OF_A_DAY.values(taken=day_quotas.c.taken + bindparam("count")),
            [_key(*row) | {"count": count} for row, count in sorted(of_days.items())],
        )
    if of_slots:
        session.connection().execute(
            update(slots)
            .where(slots.c.id == bindparam("the_id"))
            .values(taken=slots.c.taken + bindparam("count")),
            [{"the_id": slot, "count": count} for slot, count in sorted(of_slots.items())],
        )


def allow_beyond(session: Session, rows: Iterable[tuple[str, date, Bound]]) -> None:
    """Put one place beyond the capacity of each of these locked rows on record."""
    found = [_key(*row) for row in sorted(rows)]
    if found:
        session.connection().execute(_ROW_OF_A_DAY.values(extra=day_quotas.c.extra + 1), found)


def give_back(
    session: Session,
    *,
    site: str,
    day: date,
    service: str,
    slot: str,
    channel: str | None = ONLINE,
    count: int = 1,
) -> None:
    """Return places to their slot ('' for none) and to every quota that a channel's places are counted in.

    Without a channel they are counted in none. The caller has locked the day.
    """
    if channel is not None:
        bounds = [tuple(bound) for bound in bounds_of(service, channel)]
        session.execute(
            update(day_quotas)
            .where(
                day_quotas.c.site == site,
                day_quotas.c.day == day,
                tuple_(day_quotas.c.service, day_quotas.c.channel).in_(bounds),
            )
            .values(taken=day_quotas.c.taken - count)
        )
    if slot:
        session.execute(update(slots).where(slots.c.id == slot).values(taken=slots.c.taken - count))


def resize_slots(session: Session, wanted: Mapping[str, int]) -> int:
    """Give hours of a locked day these capacities, by id; none falls below what is taken of it.

    Return how many hours stay above what is wanted.
    """
    lock_slots(session, wanted)
    found = find_slots(session, list(wanted))
    changed = [
        {"the_id": row.id, "places": max(wanted[row.id], row.taken)}
        for row in found.values()
        if row.capacity != max(wanted[row.id], row.taken)
    ]
    if changed:
        session.connection().execute(
            update(slots).where(slots.c.id == bindparam("the_id")).values(capacity=bindparam("places")),
            sorted(changed, key=lambda each: str(each["the_id"])),
        )
    return sum(row.taken > wanted[row.id] for row in found.values())


def set_capacities(
    session: Session, *, site: str, day: date, rows: Mapping[Bound, tuple[int | None, int, int]]
) -> None:
    """Make these the rows of a locked day: (capacity, taken, extra) by bound; others go."""
    here = (day_quotas.c.site == site, day_quotas.c.day == day)
    kept = [tuple(bound) for bound in rows]
    session.execute(
        delete(day_quotas).where(*here, tuple_(day_quotas.c.service, day_quotas.c.channel).not_in(kept))
    )
    statement = insert_into(session, day_quotas)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=list(day_quotas.primary_key.columns),
            set_={name: statement.excluded[name] for name in ("capacity", "taken", "extra")},
        ),
        [
            {
                "site": site,
                "day": day,
                **bound._asdict(),
                "capacity": capacity,
                "taken": taken,
                "extra": extra,
            }
            for bound, (capacity, taken, extra) in sorted(rows.items())
        ],
    )


def _key(site: str, day: date, bound: Bound) -> dict[str, Any]:
    return {"the_site": site, "the_day": day, "the_service": bound.service, "the_channel": bound.channel}


_ROW_OF_A_DAY = update(day_quotas).where(
    day_quotas.c.site == bindparam("the_site"),
    day_quotas.c.day == bindparam("the_day"),
    day_quotas.c.service == bindparam("the_service"),
    day_quotas.c.channel == bindparam("the_channel"),
)


def next_numbers(
    session: Session, counts: Mapping[tuple[str, date, str], int]
) -> dict[tuple[str, date, str], range]:
    """Take the next numbers of several series, by (site, day, prefix): as many of each as `counts` says.

    Raises NumbersUsedUp at a site node that has come to the end of its block.
    """
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
        if row.until is not None and row.last > row.until:
            raise NumbersUsedUp(prefix=row.prefix)
        numbers[key] = range(row.last - counts[key] + 1, row.last + 1)
    return numbers


def remove_slots(session: Session, ids: Iterable[str]) -> None:
    """Take hours away of which no place is taken; the caller has locked their day."""
    session.execute(delete(slots).where(slots.c.id.in_(list(ids)), slots.c.taken == 0))


def slots_of_day(session: Session, *, site: str, day: date) -> list[Any]:
    """Return the hours of all services of a day, in order of time."""
    where = (slots.c.site == site, slots.c.day == day)
    return list(session.execute(select(slots).where(*where).order_by(slots.c.starts_at, slots.c.id)))


def put_missing(session: Session, table: Table, rows: list[dict[str, Any]]) -> int:
    """Insert rows that are not there yet; those that are stay as they are. Return how many were missing."""
    if not rows:
        return 0
    key = next(iter(table.primary_key))
    statement = insert_into(session, table).on_conflict_do_nothing().returning(key)
    return len(session.scalars(statement, rows).all())
