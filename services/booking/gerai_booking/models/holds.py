"""Holds: places taken for some minutes. Nobody sweeps them: one that ran out ends when it is in the way."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from gerai_shared.ticket import State, Ticket
from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from gerai_booking.models.tickets import COLUMNS, ticket_of, tickets


def expired_holds(
    session: Session,
    *,
    site: str,
    day: date,
    agency: str,
    now: datetime,
    wanted: Collection[str] = (),
    limit: int | None = None,
) -> list[Ticket]:
    """Lock and return the holds of a day that ran out; those another transaction works on are left to it.

    Of more than `limit` the first ones: of the hours and services `wanted`, by id and code, before others.
    """
    first = case((tickets.c.slot_id.in_(wanted), 0), (tickets.c.service.in_(wanted), 1), else_=2)
    rows = session.execute(
        select(*COLUMNS)
        .where(
            tickets.c.site == site,
            tickets.c.day == day,
            tickets.c.state == State.HELD.value,
            tickets.c.held_until <= now,
        )
        .order_by(first, tickets.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [ticket_of(row, agency) for row in rows]


def expired_places(session: Session, *, site: str, first: date, last: date, now: datetime) -> list[Any]:
    """Return how many places of each slot of a site are under holds that ran out, and so count as free.

    Rows of (slot_id, day, service, places).
    """
    return list(
        session.execute(
            select(tickets.c.slot_id, tickets.c.day, tickets.c.service, func.count().label("places"))
            .where(
                tickets.c.site == site,
                tickets.c.day.between(first, last),
                tickets.c.state == State.HELD.value,
                tickets.c.held_until <= now,
            )
            .group_by(tickets.c.slot_id, tickets.c.day, tickets.c.service)
        )
    )


def count_of_holder(session: Session, holder_hash: str | None, *, now: datetime) -> int:
    """Return how many holds of one browser are alive; of an unknown one, none."""
    return _count(session, tickets.c.holder_hash == holder_hash, now) if holder_hash else 0


def count_of_network(session: Session, network_hash: str | None, *, now: datetime) -> int:
    """Return how many holds from one network are alive; from an unknown one, none."""
    return _count(session, tickets.c.network_hash == network_hash, now) if network_hash else 0


def _count(session: Session, whose: ColumnElement[bool], now: datetime) -> int:
    alive = (tickets.c.state == State.HELD.value, tickets.c.held_until > now)
    return session.scalar(select(func.count()).where(whose, *alive)) or 0
