"""Who waits for a place: in the order in which they came, which is that of their ids."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from gerai_shared.database import insert_into
from gerai_shared.ids import new_id
from gerai_shared.ticket import State
from gerai_shared.times import AwareDateTime
from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    Index,
    String,
    Table,
    Text,
    and_,
    delete,
    func,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from gerai_booking.models.tables import metadata
from gerai_booking.models.tickets import tickets
from gerai_booking.rules.waiting_list import OPEN, Waiting

_OPEN = ", ".join(f"'{state.value}'" for state in OPEN)

#: `ticket_id` is the held place that is offered, which becomes the ticket that is booked under it. Contact is
#: sealed for notifications, e-mail and phone are keyed hashes by which they are counted; all three are gone
#: when the waiting is over.
waiting_list = Table(
    "waiting_list",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(60), nullable=False),
    Column("service", String(60), nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("person_hash", String(64), nullable=False),
    Column("email_hash", String(64), nullable=True),
    Column("phone_hash", String(64), nullable=True),
    Column("contact", Text, nullable=True),
    Column("masked_name", String(100), nullable=False),
    Column("masked_identity", String(20), nullable=False),
    Column("language", String(2), nullable=False),
    Column("state", String(20), nullable=False),
    Column("ticket_id", String(36), nullable=True),
    Column("offer_ends", AwareDateTime, nullable=True),
    Column("created_at", AwareDateTime, nullable=False),
    Column("closed_at", AwareDateTime, nullable=True),
    Index("ix_waiting_list_ticket_id", "ticket_id"),
    Index("ix_waiting_list_email_hash", "email_hash"),
    Index("ix_waiting_list_phone_hash", "phone_hash"),
)
# One person waits once for a service, at whatever site.
Index(
    "uq_waiting_list_open_person",
    waiting_list.c.service,
    waiting_list.c.person_hash,
    unique=True,
    postgresql_where=text(f"state IN ({_OPEN})"),
    sqlite_where=text(f"state IN ({_OPEN})"),
)
# What is looked through when a place becomes free: only those who wait.
Index(
    "ix_waiting_list_waiting",
    waiting_list.c.site,
    waiting_list.c.service,
    waiting_list.c.id,
    postgresql_where=text("state = 'waiting'"),
    sqlite_where=text("state = 'waiting'"),
)

_list = waiting_list.c
_waits = _list.state == Waiting.WAITING.value
_is_open = _list.state.in_([state.value for state in OPEN])


def add(session: Session, row: dict[str, Any]) -> Any | None:
    """Put somebody at the end of the list; None when the same person waits for the service already."""
    statement = insert_into(session, waiting_list).on_conflict_do_nothing().returning(waiting_list)
    values = {"id": new_id(), "state": Waiting.WAITING.value, **row}
    return session.execute(statement, [values]).one_or_none()


def find(session: Session, entry_id: str) -> Any | None:
    """Return an entry."""
    return session.execute(select(waiting_list).where(_list.id == entry_id)).one_or_none()


def count_open_of(session: Session, *, email_hash: str | None, phone_hash: str | None) -> int:
    """Return how many open entries have this e-mail address or this telephone."""
    theirs: list[ColumnElement[bool]] = []
    if email_hash:
        theirs.append(_list.email_hash == email_hash)
    if phone_hash:
        theirs.append(_list.phone_hash == phone_hash)
    return session.scalar(select(func.count()).where(_is_open, or_(*theirs))) or 0 if theirs else 0


def count_ahead(session: Session, entry: Any) -> int:
    """Return how many wait for the same service at the same site since before, for some of the same days."""
    where = (
        _waits,
        _list.site == entry.site,
        _list.service == entry.service,
        _list.id < entry.id,
        _list.first_day <= entry.last_day,
        _list.last_day >= entry.first_day,
    )
    return session.scalar(select(func.count()).select_from(waiting_list).where(*where)) or 0


def claim_waiting(
    session: Session, *, site: str, day: date, services: Iterable[str], limit: int
) -> list[Any]:
    """Lock and return the first who wait for a day, in order.

    SKIP LOCKED: whom another transaction works on is just getting a place elsewhere, or going.
    """
    return list(
        session.execute(
            select(waiting_list)
            .where(
                _waits,
                _list.site == site,
                _list.service.in_(sorted(services)),
                _list.first_day <= day,
                _list.last_day >= day,
            )
            .order_by(_list.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def days_waited_for(session: Session, *, site: str) -> list[Any]:
    """Return for which days somebody waits at a site: rows of (service, first_day, last_day)."""
    query = select(_list.service, _list.first_day, _list.last_day)
    return list(session.execute(query.where(_waits, _list.site == site).distinct()))


def days_of_lapsed(session: Session, *, site: str, now: datetime) -> list[date]:
    """Return the days of which an offered place was let pass."""
    query = (
        select(tickets.c.day)
        .join(waiting_list, _list.ticket_id == tickets.c.id)
        .where(tickets.c.site == site, tickets.c.state == State.HELD.value, tickets.c.held_until <= now)
    )
    return list(session.scalars(query.distinct()))


def offer(session: Session, entry_id: str, *, ticket_id: str, ends: datetime) -> None:
    """Write an offer to a locked entry down."""
    session.execute(
        update(waiting_list)
        .where(_list.id == entry_id)
        .values(state=Waiting.OFFERED.value, ticket_id=ticket_id, offer_ends=ends)
    )


def put_back(session: Session, ticket_id: str, *, now: datetime) -> Any | None:
    """Let whom a locked held place is offered to wait on; return their row as it was, None if it is nobody's.

    The place is held no longer: nobody may book it any more.
    """
    offered = and_(_list.ticket_id == ticket_id, _list.state == Waiting.OFFERED.value)
    found = session.execute(select(waiting_list).where(offered).with_for_update()).one_or_none()
    if found is not None:
        waits = {"state": Waiting.WAITING.value, "ticket_id": None, "offer_ends": None}
        session.execute(update(waiting_list).where(_list.id == found.id).values(**waits))
        held = (tickets.c.id == ticket_id, tickets.c.state == State.HELD.value)
        session.execute(update(tickets).where(*held).values(held_until=now))
    return found


def close(
    session: Session,
    which: ColumnElement[bool],
    *,
    was: Sequence[Waiting],
    state: Waiting,
    now: datetime,
    skip_locked: bool = False,
) -> list[Any]:
    """End the waiting of the entries `which` that are still in one of the states `was`; return them.

    They come back with their contact, which is deleted, as are the hashes that counted it.
    """
    where = and_(which, _list.state.in_([each.value for each in was]))
    query = select(waiting_list).where(where).order_by(_list.id)
    found = list(session.execute(query.with_for_update(skip_locked=skip_locked)))
    if found:
        gone = {"contact": None, "email_hash": None, "phone_hash": None}
        session.execute(
            update(waiting_list)
            .where(_list.id.in_([row.id for row in found]))
            .values(state=state.value, closed_at=now, **gone)
        )
    return found


def delete_closed(session: Session, *, before: datetime) -> None:
    """Forget whose waiting ended before a moment."""
    session.execute(delete(waiting_list).where(_list.closed_at < before))


def by_id(entry_id: str) -> ColumnElement[bool]:
    """For `close`: one entry."""
    return _list.id == entry_id


def by_ticket(ticket_id: str) -> ColumnElement[bool]:
    """For `close`: whom a held place is offered to."""
    return _list.ticket_id == ticket_id


def by_unknown_site(known: Iterable[str], before: date) -> ColumnElement[bool]:
    """For `close`: those at sites other than the known ones whose last day is over."""
    return and_(_list.site.not_in(list(known)), _list.last_day < before)


def by_last_day(site: str, before: date) -> ColumnElement[bool]:
    """For `close`: those of a site whose last day is over."""
    return and_(_list.site == site, _list.last_day < before)


def meant_for(session: Session, ticket_ids: Iterable[str]) -> dict[str, str]:
    """Return the hash of the only person who may book each of these held places, where there is one."""
    wanted = set(ticket_ids)
    if not wanted:
        return {}
    rows = session.execute(select(_list.ticket_id, _list.person_hash).where(_list.ticket_id.in_(wanted)))
    return {ticket_id: person for ticket_id, person in rows}


def settle(session: Session, booked: dict[tuple[str, str], str], *, now: datetime) -> None:
    """End the waiting of those who have a place now; `booked` is the ticket by (service, person hash).

    A place that was offered to them and that they did not take is held no longer; nobody else may book it
    under their hold. An entry never learns of another ticket than the one that was offered: whoever wrote
    somebody's number into the list must not come by their ticket. Whom another transaction works on is let go
    by the next offer.
    """
    if not booked:
        return
    whose = tuple_(_list.service, _list.person_hash).in_(sorted(booked))
    closed = close(session, whose, was=OPEN, state=Waiting.TAKEN, now=now, skip_locked=True)
    unused = [row.ticket_id for row in closed if row.ticket_id and row.ticket_id not in booked.values()]
    if unused:
        # Whoever works on such a place has locked it before its day and its entry, which are locked here: it
        # is theirs, and at the latest the end of the offer's time lets it go.
        held = (tickets.c.id.in_(unused), tickets.c.state == State.HELD.value)
        query = select(tickets.c.id).where(*held).order_by(tickets.c.id).with_for_update(skip_locked=True)
        idle = list(session.scalars(query))
        session.execute(update(tickets).where(tickets.c.id.in_(idle)).values(held_until=now))


def of_site(session: Session, *, site: str, first: date, last: date, limit: int) -> list[Any]:
    """Return who waits or has an offer for some day from `first` to `last`, in order."""
    where = (_is_open, _list.site == site, _list.first_day <= last, _list.last_day >= first)
    return list(session.execute(select(waiting_list).where(*where).order_by(_list.id).limit(limit)))


def counts_of_site(session: Session, *, site: str, first: date, last: date) -> dict[tuple[str, str], int]:
    """Return how many wait or have an offer for some day from `first` to `last`, by (service, state)."""
    where = (_is_open, _list.site == site, _list.first_day <= last, _list.last_day >= first)
    query = select(_list.service, _list.state, func.count()).where(*where)
    rows = session.execute(query.group_by(_list.service, _list.state))
    return {(service, state): count for service, state, count in rows}
