"""Who waited at a site, and what became of their place: tickets with what their history says."""

from datetime import date
from typing import Any

from gerai_shared.ticket import State
from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from gerai_booking.models.acts import CALLED_OUT_OF_TURN, QUEUE, officer_acts
from gerai_booking.models.history import history
from gerai_booking.models.tickets import tickets
from gerai_booking.models.visits import shared_visits

_WAITING, _CALLED = State.CHECKED_IN.value, State.CALLED.value


def waits(session: Session, *, site: str, first: date, last: date) -> list[Any]:
    """Return who waited at a site on these days.

    Rows of (id, day, service, lane, priority_ground, slot_starts_at, checked_in_at, created_at, queue_at,
    queue_rank, state, finished_at, is_shared, first_called_at, moved_at, times_back): is_shared says whether
    the visit has steps at other agencies, moved_at is when the place was last changed while they waited,
    times_back how often they came back into the queue.
    """
    columns = (
        tickets.c.id,
        tickets.c.day,
        tickets.c.service,
        tickets.c.lane,
        tickets.c.priority_ground,
        tickets.c.slot_starts_at,
        tickets.c.checked_in_at,
        tickets.c.created_at,
        tickets.c.queue_at,
        tickets.c.queue_rank,
        tickets.c.state,
        tickets.c.finished_at,
        shared_visits.c.visit_id.is_not(None).label("is_shared"),
    )
    was, became, at = history.c.from_state, history.c.to_state, history.c.at
    came_back = and_(became == _WAITING, was.not_in((_WAITING, State.BOOKED.value)))
    query = (
        select(
            *columns,
            func.min(case((and_(was == _WAITING, became == _CALLED), at))).label("first_called_at"),
            func.max(case((and_(was == _WAITING, became == _WAITING), at))).label("moved_at"),
            func.sum(case((came_back, 1), else_=0)).label("times_back"),
        )
        .join(history, history.c.ticket_id == tickets.c.id)
        .outerjoin(shared_visits, shared_visits.c.visit_id == tickets.c.visit_id)
        .where(
            tickets.c.site == site,
            tickets.c.day.between(first, last),
            tickets.c.checked_in_at.is_not(None),
            became.in_((_WAITING, _CALLED)),
        )
        .group_by(*columns, shared_visits.c.visit_id)
    )
    return list(session.execute(query))


def called_out_of_turn(session: Session, *, site: str, first: date, last: date) -> set[str]:
    """Return the tickets of these days that a supervisor called before others."""
    query = (
        select(officer_acts.c.about_id)
        .join(tickets, tickets.c.id == officer_acts.c.about_id)
        .where(
            officer_acts.c.about == QUEUE,
            officer_acts.c.act == CALLED_OUT_OF_TURN,
            tickets.c.site == site,
            tickets.c.day.between(first, last),
        )
    )
    return {str(found) for found in session.scalars(query)}
