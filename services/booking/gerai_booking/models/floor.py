"""The floor of a site on a day: who is at which counter, who waits, who has been served."""

from datetime import date
from typing import Any

from gerai_shared.ticket import AT_COUNTER_STATES, State
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gerai_booking.models.tickets import tickets


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
