"""The queue: who is next, who waits, and how many are before somebody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gerai_shared.ticket import State, Ticket
from gerai_shared.times import AwareDateTime
from sqlalchemy import ColumnElement, and_, exists, func, literal, literal_column, or_, select, tuple_
from sqlalchemy.orm import Session

from gerai_booking.models.tickets import COLUMNS, ticket_of, tickets

_same_visit = tickets.alias()


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A counter on a day, what it serves and whoever sits there.

    `elsewhere` is the query for the visits that other agencies' counters are busy with `now`.
    """

    site: str
    day: date
    services: Sequence[str]
    counter: str
    officer_id: str
    now: datetime
    elsewhere: Any


def _served_by(caller: Caller) -> tuple[ColumnElement[bool], ...]:
    return (
        tickets.c.site == caller.site,
        tickets.c.day == caller.day,
        tickets.c.service.in_(caller.services),
    )


def _is_meant_for(caller: Caller) -> ColumnElement[bool]:
    """Whether a counter and its officer may call a ticket: it is meant for them, for nobody, or no more."""
    return or_(
        tickets.c.meant_until.is_(None),
        tickets.c.meant_until <= caller.now,
        and_(
            func.coalesce(tickets.c.meant_counter, caller.counter) == caller.counter,
            func.coalesce(tickets.c.meant_officer, caller.officer_id) == caller.officer_id,
        ),
    )


def _is_at_a_counter() -> ColumnElement[bool]:
    """Whether the person of a ticket is at a counter with another one of the same visit."""
    return exists().where(
        _same_visit.c.visit_id == tickets.c.visit_id,
        # Word for word what the index says, so that it serves.
        _same_visit.c.state.in_([literal_column("'called'"), literal_column("'serving'")]),
    )


def _may_be_called(caller: Caller) -> ColumnElement[bool]:
    """Whether somebody who waits may be called to a counter now."""
    return and_(_is_meant_for(caller), ~_is_at_a_counter(), tickets.c.visit_id.not_in(caller.elsewhere))


@dataclass(frozen=True, kw_only=True)
class Listed:
    """The first of a list as a screen shows it, how many there are, and since when the longest is there."""

    first: list[Ticket]
    count: int
    since: datetime | None


@dataclass(frozen=True, kw_only=True)
class AtCounter:
    """The lists of a counter: who may be called, in the order of calls, and who waits but may not be.

    `last` is the one of them who is called last. `expected` are bookings whose holders are not there yet,
    by hour.
    """

    waiting: Listed
    last: Ticket | None
    elsewhere: Listed
    parked: Listed
    expected: Listed
    missed: Listed
    served: int


def at_counter(session: Session, caller: Caller, *, agency: str, most: int) -> AtCounter:
    """Return the lists of a counter, `most` of each: a screen has no room for thousands."""
    of_counter = _served_by(caller)
    order = (tickets.c.queue_rank, tickets.c.queue_at, tickets.c.id)
    waits = (*of_counter, tickets.c.state == State.CHECKED_IN.value)
    here = _may_be_called(caller)

    def listed(*where: Any, by: Sequence[Any] = order) -> Listed:
        since = func.min(tickets.c.checked_in_at, type_=tickets.c.checked_in_at.type).over().label("since")
        query = select(*COLUMNS, func.count().over().label("how_many"), since).where(*where)
        rows = session.execute(query.order_by(*by).limit(most)).all()
        return Listed(
            first=[ticket_of(row, agency) for row in rows],
            count=rows[0].how_many if rows else 0,
            since=rows[0].since if rows else None,
        )

    backwards = select(*COLUMNS).where(*waits, here).order_by(*(column.desc() for column in order))
    last = session.execute(backwards.limit(1)).one_or_none()
    expected = (*of_counter, tickets.c.state == State.BOOKED.value, tickets.c.slot_id.is_not(None))
    served = select(func.count()).where(*of_counter, tickets.c.state == State.SERVED.value)
    return AtCounter(
        waiting=listed(*waits, here),
        last=ticket_of(last, agency) if last else None,
        elsewhere=listed(*waits, ~here),
        parked=listed(*of_counter, tickets.c.state == State.PARKED.value),
        expected=listed(*expected, by=(tickets.c.slot_starts_at, tickets.c.number)),
        missed=listed(*of_counter, tickets.c.state == State.NO_SHOW.value),
        served=session.scalar(served) or 0,
    )


def claim_next(
    session: Session, caller: Caller, *, agency: str, without: Iterable[str] = ()
) -> Ticket | None:
    """Lock and return who is next for a counter, but for the tickets `without`; None when nobody waits.

    Who is meant for another counter or officer is left to them, who is at another counter is left there.
    SKIP LOCKED: twenty officers at once lock twenty different people, and nobody waits for another.
    """
    row = session.execute(
        select(*COLUMNS)
        .where(
            *_served_by(caller),
            tickets.c.state == State.CHECKED_IN.value,
            tickets.c.id.not_in(list(without)),
            _may_be_called(caller),
        )
        .order_by(tickets.c.queue_rank, tickets.c.queue_at, tickets.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    return ticket_of(row, agency) if row else None


def is_somebody_waiting(session: Session, caller: Caller) -> bool:
    """Tell whether anybody waits for a counter, whoever is busy with them elsewhere."""
    where = (*_served_by(caller), tickets.c.state == State.CHECKED_IN.value, _is_meant_for(caller))
    return session.scalar(select(tickets.c.id).where(*where).limit(1)) is not None


def count_ahead(session: Session, ticket: Ticket, *, services: Iterable[str] = ()) -> int:
    """Return how many people of these services, or else of the same, will be called before this one.

    Who is at a counter, or kept for one, is not called before anybody.
    """
    mine = session.execute(
        select(tickets.c.queue_rank, tickets.c.queue_at).where(tickets.c.id == ticket.id)
    ).one()
    return (
        session.scalar(
            select(func.count()).where(
                tickets.c.site == ticket.site,
                tickets.c.day == ticket.day,
                tickets.c.service.in_(list(services) or [ticket.service]),
                tickets.c.state == State.CHECKED_IN.value,
                tickets.c.meant_until.is_(None),
                ~_is_at_a_counter(),
                tuple_(tickets.c.queue_rank, tickets.c.queue_at, tickets.c.id)
                < tuple_(mine.queue_rank, literal(mine.queue_at, AwareDateTime()), ticket.id),
            )
        )
        or 0
    )
