"""The floor of a site on a day: who is at which counter, who waits and for whom, who has been served."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from gerai_shared.ticket import AT_COUNTER_STATES, OPEN_STATES, Lane, State, Ticket
from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from gerai_booking.models.history import history
from gerai_booking.models.tickets import COLUMNS, ticket_of, tickets


def at_counters(session: Session, *, site: str) -> list[Any]:
    """Return who keeps a counter busy: rows of (counter, number, service, state, called_at, started_at)."""
    columns = (
        tickets.c.counter,
        tickets.c.number,
        tickets.c.service,
        tickets.c.state,
        tickets.c.called_at,
        tickets.c.started_at,
    )
    busy = tickets.c.state.in_([state.value for state in AT_COUNTER_STATES])
    return list(session.execute(select(*columns).where(tickets.c.site == site, busy)))


def waiting(session: Session, *, site: str, day: date) -> list[Any]:
    """Return how many wait in each lane of a service, since when: rows of (service, lane, count, since)."""
    return list(
        session.execute(
            select(
                tickets.c.service,
                tickets.c.lane,
                func.count().label("count"),
                func.min(tickets.c.checked_in_at).label("since"),
            )
            .where(tickets.c.site == site, tickets.c.day == day, tickets.c.state == State.CHECKED_IN.value)
            .group_by(tickets.c.service, tickets.c.lane)
        )
    )


def served(session: Session, *, site: str, day: date) -> list[Any]:
    """Return whose service has ended: rows of (counter, started_at, finished_at)."""
    return list(
        session.execute(
            select(tickets.c.counter, tickets.c.started_at, tickets.c.finished_at).where(
                tickets.c.site == site, tickets.c.day == day, tickets.c.state == State.SERVED.value
            )
        )
    )


def notes(session: Session, *, site: str, day: date) -> list[Any]:
    """Return what is noted of open tickets: why they wait aside, and for whom they are meant.

    Rows of (id, aside_reason, aside_until, waits_for, meant_counter, meant_officer, meant_until,
    return_counter), only of those of which something is.
    """
    noted = (tickets.c.aside_until, tickets.c.waits_for, tickets.c.meant_until, tickets.c.return_counter)
    query = select(
        tickets.c.id,
        tickets.c.aside_reason,
        tickets.c.aside_until,
        tickets.c.waits_for,
        tickets.c.meant_counter,
        tickets.c.meant_officer,
        tickets.c.meant_until,
        tickets.c.return_counter,
    ).where(
        tickets.c.site == site,
        tickets.c.day == day,
        tickets.c.state.in_([state.value for state in OPEN_STATES]),
        or_(*(column.is_not(None) for column in noted)),
    )
    return list(session.execute(query))


#: Who was put aside by an earlier release comes back so long after the call.
UNTIMED_ASIDE = timedelta(minutes=20)


def due_back(
    session: Session, *, site: str, day: date, now: datetime, agency: str, limit: int
) -> list[tuple[Ticket, str | None]]:
    """Lock and return who waits aside at a site on a day and is due back, with the counter to return to.

    Whoever waits for another ticket of theirs is due when that one is open no more, everybody else by the
    time.
    """
    other = tickets.alias()
    still_there = (
        select(other.c.id)
        .where(other.c.id == tickets.c.waits_for, other.c.state.in_([state.value for state in OPEN_STATES]))
        .exists()
    )
    in_time = or_(
        tickets.c.aside_until <= now,
        and_(tickets.c.aside_until.is_(None), tickets.c.called_at <= now - UNTIMED_ASIDE),
    )
    rows = session.execute(
        select(*COLUMNS, tickets.c.waits_for, tickets.c.return_counter)
        .where(
            tickets.c.site == site,
            tickets.c.day == day,
            tickets.c.state == State.PARKED.value,
            or_(
                and_(tickets.c.waits_for.is_(None), in_time),
                and_(tickets.c.waits_for.is_not(None), ~still_there),
            ),
        )
        .order_by(tickets.c.aside_until, tickets.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [(ticket_of(row, agency), row.return_counter if row.waits_for else None) for row in rows]


def waiting_for(session: Session, ticket_id: str, *, agency: str) -> list[Any]:
    """Lock and return who waits aside until a ticket has ended: pairs of (ticket, counter to return to)."""
    rows = session.execute(
        select(*COLUMNS, tickets.c.return_counter)
        .where(tickets.c.waits_for == ticket_id, tickets.c.state == State.PARKED.value)
        .with_for_update()
    )
    return [(ticket_of(row, agency), row.return_counter) for row in rows]


def wait_for_another(session: Session, before: str, after: str) -> None:
    """Let who waits for a ticket wait for the one that it went on as."""
    session.execute(update(tickets).where(tickets.c.waits_for == before).values(waits_for=after))


def queue_moments(session: Session, *, site: str, day: date, services: Sequence[str]) -> list[datetime]:
    """Return the moments by which those are ordered who wait for these services."""
    query = select(tickets.c.queue_at).where(
        tickets.c.site == site,
        tickets.c.day == day,
        tickets.c.state == State.CHECKED_IN.value,
        tickets.c.service.in_(services),
        tickets.c.queue_at.is_not(None),
        # An emergency goes before all of them, whatever its moment.
        tickets.c.lane != Lane.EMERGENCY.value,
    )
    return [moment for moment in session.scalars(query) if moment is not None]


def open_for(session: Session, *, visit_id: str, service: str) -> str | None:
    """Return the number under which a visit has an open ticket for a service, None without one."""
    query = select(tickets.c.number).where(
        tickets.c.visit_id == visit_id,
        tickets.c.service == service,
        tickets.c.state.in_([state.value for state in OPEN_STATES]),
    )
    return session.scalars(query.limit(1)).one_or_none()


def return_counter_of(session: Session, ticket_id: str) -> str | None:
    """Return the counter that a ticket's holder comes back to, None without one."""
    return session.scalar(select(tickets.c.return_counter).where(tickets.c.id == ticket_id))


def times_missed(session: Session, ticket_id: str) -> int:
    """Return how often a ticket's holder missed a call; what was taken back does not count."""
    missed = select(func.count()).where(
        history.c.ticket_id == ticket_id, history.c.to_state == State.NO_SHOW.value
    )
    taken_back = select(func.count()).where(
        history.c.ticket_id == ticket_id,
        history.c.from_state == State.NO_SHOW.value,
        history.c.to_state == State.CALLED.value,
    )
    return (session.scalar(missed) or 0) - (session.scalar(taken_back) or 0)


def endings(session: Session, *, sites: Sequence[str], first: date, last: date) -> dict[str, int]:
    """Return how many services of these days ended in which way."""
    rows = session.execute(
        select(tickets.c.outcome, func.count())
        .where(tickets.c.site.in_(sites), tickets.c.day.between(first, last), tickets.c.outcome.is_not(None))
        .group_by(tickets.c.outcome)
    )
    return {outcome: count for outcome, count in rows}


def turned_away(session: Session, *, sites: Sequence[str], first: date, last: date, limit: int) -> list[Any]:
    """Return whose service ended with a reason against it, the newest first.

    Rows of (finished_at, number, site, service, outcome, outcome_reason, officer_id).
    """
    query = (
        select(
            tickets.c.finished_at,
            tickets.c.number,
            tickets.c.site,
            tickets.c.service,
            tickets.c.outcome,
            tickets.c.outcome_reason,
            history.c.officer_id,
        )
        .join(
            history,
            and_(history.c.ticket_id == tickets.c.id, history.c.revision == tickets.c.revision),
        )
        .where(
            tickets.c.site.in_(sites),
            tickets.c.day.between(first, last),
            tickets.c.outcome_reason.is_not(None),
        )
    )
    return list(session.execute(query.order_by(tickets.c.finished_at.desc(), tickets.c.id).limit(limit)))
