"""Waiting times: learned durations and arrivals, estimates, and what came of them. Names nobody."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gerai_shared.database import insert_into
from gerai_shared.ticket import State
from gerai_shared.times import AwareDateTime
from sqlalchemy import (
    Column,
    Date,
    Float,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    case,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from gerai_booking.models.tables import metadata
from gerai_booking.models.tickets import tickets
from gerai_booking.rules.estimates.calibration import Calibration, Measured
from gerai_booking.rules.estimates.durations import Cell, Sketch
from gerai_booking.rules.estimates.simulation import Interval

#: What stands for all hours and all counters of a service.
EVERY_HOUR, EVERY_COUNTER = -1, ""
#: As many past visits of a site are learned from at most, the newest first.
MOST_VISITS = 20_000
MOST_MEASURED = 5_000

service_durations = Table(
    "service_durations",
    metadata,
    Column("site", String(60), primary_key=True),
    Column("service", String(60), primary_key=True),
    Column("hour", Integer, primary_key=True, autoincrement=False),
    Column("counter", String(20), primary_key=True),
    # The seconds at equal steps of the distribution, as JSON: rules.estimates.durations.
    Column("points", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Column("updated_at", AwareDateTime, nullable=False),
)
service_arrivals = Table(
    "service_arrivals",
    metadata,
    Column("site", String(60), primary_key=True),
    Column("service", String(60), primary_key=True),
    # Bookings of past days, and how many of their holders came.
    Column("booked", Integer, nullable=False),
    Column("came", Integer, nullable=False),
    # Who came with a right to be called before others, in so many open hours.
    Column("before_others", Integer, nullable=False),
    Column("hours", Float, nullable=False),
    Column("updated_at", AwareDateTime, nullable=False),
)
#: Seconds throughout. `fixed` is what the static mean would have said: people ahead × duration / counters.
wait_estimates = Table(
    "wait_estimates",
    metadata,
    Column("ticket_id", String(36), primary_key=True),
    Column("site", String(60), nullable=False),
    Column("service", String(60), nullable=False),
    Column("day", Date, nullable=False),
    Column("made_at", AwareDateTime, nullable=False),
    Column("low", Float, nullable=False),
    Column("mid", Float, nullable=False),
    Column("high", Float, nullable=False),
    # Before the calibration, which is learned from these.
    Column("simulated_low", Float, nullable=False),
    Column("simulated_high", Float, nullable=False),
    Column("fixed", Float, nullable=False),
    Column("ahead", Integer, nullable=False),
    Column("open_counters", Integer, nullable=False),
    Column("actual", Float, nullable=True),
    Index("ix_wait_estimates_site_day", "site", "day"),
)
wait_calibrations = Table(
    "wait_calibrations",
    metadata,
    Column("site", String(60), primary_key=True),
    Column("below", Float, nullable=False),
    Column("above", Float, nullable=False),
    Column("count", Integer, nullable=False),
    Column("updated_at", AwareDateTime, nullable=False),
)

_BEFORE_OTHERS = ("priority", "emergency")
_ENDED = (State.SERVED, State.NO_SHOW, State.TRANSFERRED)


def visits(session: Session, *, site: str, first: date, last: date) -> list[Any]:
    """Return who was called and has left the counter: rows of (service, counter, called_at, finished_at)."""
    columns = (tickets.c.service, tickets.c.counter, tickets.c.called_at, tickets.c.finished_at)
    return list(
        session.execute(
            select(*columns)
            .where(
                tickets.c.site == site,
                tickets.c.day.between(first, last),
                tickets.c.state.in_([state.value for state in _ENDED]),
                tickets.c.counter.is_not(None),
                tickets.c.called_at < tickets.c.finished_at,
            )
            .order_by(tickets.c.day.desc(), tickets.c.id.desc())
            .limit(MOST_VISITS)
        )
    )


def arrivals(session: Session, *, site: str, first: date, before: date) -> list[Any]:
    """Return how past days' people came: rows of (service, booked, came, before_others), and days.

    `days` is on how many days somebody came at all.
    """
    came = tickets.c.checked_in_at.is_not(None)
    booked = and_(
        tickets.c.slot_id.is_not(None),
        tickets.c.state.not_in([State.HELD.value, State.EXPIRED.value, State.CANCELLED.value]),
    )
    return list(
        session.execute(
            select(
                tickets.c.service,
                func.count(case((booked, 1))).label("booked"),
                func.count(case((and_(booked, came), 1))).label("came"),
                func.count(case((and_(came, tickets.c.lane.in_(_BEFORE_OTHERS)), 1))).label("before_others"),
                func.count(case((came, tickets.c.day)).distinct()).label("days"),
            )
            .where(tickets.c.site == site, tickets.c.day >= first, tickets.c.day < before)
            .group_by(tickets.c.service)
        )
    )


def put_learned(
    session: Session,
    *,
    site: str,
    sketches: Mapping[Cell, Sketch],
    arrived: Iterable[Mapping[str, Any]],
    calibration: Calibration,
    now: datetime,
) -> None:
    """Write what was learned of a site in the place of what was known.

    Where another replica does so at the same moment, one of the two stays.
    """
    for table in (service_durations, service_arrivals, wait_calibrations):
        session.execute(delete(table).where(table.c.site == site))
    rows = [
        {
            "site": site,
            "service": service,
            "hour": EVERY_HOUR if hour is None else hour,
            "counter": EVERY_COUNTER if counter is None else counter,
            "points": json.dumps([round(point, 1) for point in sketch.points]),
            "count": sketch.count,
            "updated_at": now,
        }
        for (service, hour, counter), sketch in sketches.items()
    ]
    if rows:
        session.execute(insert_into(session, service_durations).on_conflict_do_nothing(), rows)
    came = [{"site": site, "updated_at": now, **each} for each in arrived]
    if came:
        session.execute(insert_into(session, service_arrivals).on_conflict_do_nothing(), came)
    stretched = {"below": calibration.below, "above": calibration.above, "count": calibration.count}
    session.execute(
        insert_into(session, wait_calibrations)
        .values(site=site, updated_at=now, **stretched)
        .on_conflict_do_nothing()
    )


def learned_at(session: Session, *, site: str) -> dict[Cell, Sketch]:
    """Return what was learned of durations at a site."""
    rows: Iterable[Any] = session.execute(select(service_durations).where(service_durations.c.site == site))
    return {
        (
            row.service,
            None if row.hour == EVERY_HOUR else row.hour,
            None if row.counter == EVERY_COUNTER else row.counter,
        ): Sketch(points=tuple(json.loads(row.points)), count=row.count)
        for row in rows
    }


def arrivals_at(session: Session, *, site: str) -> dict[str, Any]:
    """Return what was learned of arrivals at a site, by service."""
    rows = session.execute(select(service_arrivals).where(service_arrivals.c.site == site))
    return {row.service: row for row in rows}


def calibration_at(session: Session, *, site: str) -> Calibration:
    """Return the calibration of a site, one that changes nothing where there is none yet."""
    row: Any = session.execute(
        select(wait_calibrations).where(wait_calibrations.c.site == site)
    ).one_or_none()
    if row is None:
        return Calibration()
    return Calibration(below=row.below, above=row.above, count=row.count)


@dataclass(frozen=True, kw_only=True)
class Queue:
    """Rows of who waits, is booked or waits aside; who is at which counter; counters that called lately."""

    people: Sequence[Any]
    at_counters: Mapping[str, Any]
    active: frozenset[str]


def queue_at(
    session: Session, *, site: str, day: date, booked_since: datetime, active_since: datetime
) -> Queue:
    """Return a site's queue: people as rows of (id, service, state, queue_rank, queue_at, slot_starts_at).

    Bookings whose hour began before `booked_since` are left out; counters are active that called somebody or
    let somebody go since `active_since`.
    """
    columns = (
        tickets.c.id,
        tickets.c.service,
        tickets.c.state,
        tickets.c.counter,
        tickets.c.queue_rank,
        tickets.c.queue_at,
        tickets.c.slot_starts_at,
        tickets.c.called_at,
        tickets.c.finished_at,
    )
    waits = tickets.c.state.in_([State.CHECKED_IN.value, State.PARKED.value])
    comes = and_(tickets.c.state == State.BOOKED.value, tickets.c.slot_starts_at >= booked_since)
    works = or_(
        tickets.c.state.in_([State.CALLED.value, State.SERVING.value]),
        tickets.c.called_at >= active_since,
        tickets.c.finished_at >= active_since,
    )
    rows = session.execute(
        select(*columns).where(tickets.c.site == site, tickets.c.day == day, or_(waits, comes, works))
    ).all()
    busy = (State.CALLED.value, State.SERVING.value)
    there = {row.counter: row for row in rows if row.state in busy}
    worked = {
        row.counter
        for row in rows
        if row.counter is not None and any(at is not None and at >= active_since for at in row[-2:])
    }
    people = (State.CHECKED_IN.value, State.PARKED.value, State.BOOKED.value)
    return Queue(
        people=[row for row in rows if row.state in people],
        at_counters=there,
        active=frozenset(worked | there.keys()),
    )


def unestimated(session: Session, *, site: str, day: date, since: datetime) -> set[str]:
    """Return the ids of those who wait since a moment or later and of whom no estimate was written down."""
    known = select(wait_estimates.c.ticket_id).where(wait_estimates.c.ticket_id == tickets.c.id)
    return set(
        session.scalars(
            select(tickets.c.id).where(
                tickets.c.site == site,
                tickets.c.day == day,
                tickets.c.state == State.CHECKED_IN.value,
                tickets.c.checked_in_at >= since,
                ~known.exists(),
            )
        )
    )


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write estimates; where another replica was faster, its one stays."""
    if rows:
        session.execute(insert_into(session, wait_estimates).on_conflict_do_nothing(), list(rows))


def called_since(session: Session, *, site: str, day: date) -> dict[str, float]:
    """Return how long those waited, by ticket, who were called and whose wait is not written down yet."""
    rows = session.execute(
        select(wait_estimates.c.ticket_id, wait_estimates.c.made_at, tickets.c.called_at)
        .join(tickets, tickets.c.id == wait_estimates.c.ticket_id)
        .where(
            wait_estimates.c.site == site,
            wait_estimates.c.day == day,
            wait_estimates.c.actual.is_(None),
            tickets.c.called_at >= wait_estimates.c.made_at,
        )
    )
    return {row.ticket_id: (row.called_at - row.made_at).total_seconds() for row in rows}


def put_actual(session: Session, waited: Mapping[str, float]) -> None:
    """Write down how long people waited after their estimates, in seconds."""
    for ticket_id, seconds in waited.items():
        session.execute(
            update(wait_estimates).where(wait_estimates.c.ticket_id == ticket_id).values(actual=seconds)
        )


def forget_estimates(session: Session, *, site: str, before: date) -> None:
    """Delete a site's estimates of days before one."""
    old = (wait_estimates.c.site == site, wait_estimates.c.day < before)
    session.execute(delete(wait_estimates).where(*old))


def measured(session: Session, *, site: str, first: date) -> list[Measured]:
    """Return the estimates of days from `first` on with what came of them."""
    rows = session.execute(
        select(wait_estimates)
        .where(
            wait_estimates.c.site == site, wait_estimates.c.day >= first, wait_estimates.c.actual.is_not(None)
        )
        .order_by(wait_estimates.c.made_at.desc())
        .limit(MOST_MEASURED)
    )
    return [
        Measured(
            simulated=Interval(low=row.simulated_low, mid=row.mid, high=row.simulated_high), actual=row.actual
        )
        for row in rows
    ]


def by_day(session: Session, *, site: str, first: date, last: date) -> list[Any]:
    """Return how estimates did: rows of (day, service, count, error, fixed_error, covered, width), the newest
    day first. Errors and width are sums of seconds, `covered` counts.
    """
    table = wait_estimates.c
    inside = case((and_(table.low <= table.actual, table.actual <= table.high), 1), else_=0)
    return list(
        session.execute(
            select(
                table.day,
                table.service,
                func.count().label("count"),
                func.sum(func.abs(table.mid - table.actual)).label("error"),
                func.sum(func.abs(table.fixed - table.actual)).label("fixed_error"),
                func.sum(inside).label("covered"),
                func.sum(table.high - table.low).label("width"),
            )
            .where(table.site == site, table.day.between(first, last), table.actual.is_not(None))
            .group_by(table.day, table.service)
            .order_by(table.day.desc(), table.service)
        )
    )
