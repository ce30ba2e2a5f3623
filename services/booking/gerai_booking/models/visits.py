"""Visits over several agencies: which of our tickets are steps of one, and the facts of the others' steps.

Of other agencies there is what they announced of themselves, and of their visitors where they are: no name,
no service, no counter.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from gerai_shared.database import insert_into
from gerai_shared.ticket import State
from gerai_shared.times import AwareDateTime
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from gerai_booking.models.tables import metadata
from gerai_booking.models.tickets import tickets
from gerai_booking.rules.visit_steps import AT_COUNTER, BELIEVED_FOR, LEFT

#: Visits whose steps here are told to the other agencies.
shared_visits = Table(
    "shared_visits",
    metadata,
    Column("visit_id", String(36), primary_key=True),
    Column("site", String(60), nullable=False),
    Column("day", Date, nullable=False),
    Column("number", String(8), nullable=False),
    Index("ix_shared_visits_day", "day"),
)
#: What the other agencies told of their steps, the newest of each.
visit_steps = Table(
    "visit_steps",
    metadata,
    Column("visit_id", String(36), primary_key=True),
    Column("ticket_id", String(36), primary_key=True),
    Column("agency", String(60), nullable=False),
    Column("day", Date, nullable=False),
    Column("fact", String(20), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("told_at", AwareDateTime, nullable=False),
    Index("ix_visit_steps_day", "day"),
)
# What `call next` leaves out: few at any time, whatever the table has gathered.
Index(
    "ix_visit_steps_at_counter",
    visit_steps.c.told_at,
    postgresql_where=text("fact = 'at_counter'"),
    sqlite_where=text("fact = 'at_counter'"),
)
#: Whom our officers sent on to another agency, and what it said.
visit_wishes = Table(
    "visit_wishes",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("visit_id", String(36), nullable=False),
    Column("ticket_id", String(36), nullable=False),
    Column("number", String(8), nullable=False),
    Column("site", String(60), nullable=False),
    Column("counter", String(20), nullable=False),
    Column("day", Date, nullable=False),
    Column("to_agency", String(60), nullable=False),
    Column("service", String(60), nullable=False),
    Column("comes_back", Boolean, nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason_id", Text, nullable=True),
    Column("reason_en", Text, nullable=True),
    Column("sent_at", AwareDateTime, nullable=False),
    Index("ix_visit_wishes_site_day", "site", "day"),
    Index("ix_visit_wishes_visit_id", "visit_id"),
)
#: Who waits aside here until their steps at another agency are over, or until no counter there has them.
visit_returns = Table(
    "visit_returns",
    metadata,
    Column("ticket_id", String(36), primary_key=True),
    Column("visit_id", String(36), nullable=False),
    Column("agency", String(60), nullable=False),
    Column("until", String(20), nullable=False),
    Column("day", Date, nullable=False),
    Index("ix_visit_returns_visit_id", "visit_id"),
)
#: What the other agencies of our sites give there, as they announced it last.
neighbours = Table(
    "neighbours",
    metadata,
    Column("site", String(60), primary_key=True),
    Column("agency", String(60), primary_key=True),
    Column("service", String(60), primary_key=True),
    Column("agency_name_id", Text, nullable=False),
    Column("agency_name_en", Text, nullable=False),
    Column("name_id", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("told_at", AwareDateTime, nullable=False),
)
SENT, TAKEN, REFUSED = "sent", "taken", "refused"


def share(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Have the steps of visits told to the others from now on; lock them, so that their steps come one by
    one.

    Rows are {visit_id, site, day, number}.
    """
    if not rows:
        return
    ordered = sorted(rows, key=lambda row: str(row["visit_id"]))
    session.execute(insert_into(session, shared_visits).on_conflict_do_nothing(), ordered)
    ids = [row["visit_id"] for row in ordered]
    session.execute(
        select(shared_visits.c.visit_id)
        .where(shared_visits.c.visit_id.in_(ids))
        .order_by(shared_visits.c.visit_id)
        .with_for_update()
    ).all()


def shared_among(session: Session, visit_ids: Collection[str]) -> dict[str, Any]:
    """Return the rows of those visits that have steps at several agencies, by visit."""
    if not visit_ids:
        return {}
    rows = session.execute(select(shared_visits).where(shared_visits.c.visit_id.in_(visit_ids)))
    return {row.visit_id: row for row in rows}


def put_fact(session: Session, row: dict[str, Any]) -> bool:
    """Write what another agency told of a step; False when what is known is as new or newer."""
    table = visit_steps
    statement = insert_into(session, table)
    written = session.scalar(
        statement.values(row)
        .on_conflict_do_update(
            index_elements=[table.c.visit_id, table.c.ticket_id],
            set_={name: statement.excluded[name] for name in ("fact", "revision", "told_at")},
            where=table.c.revision < statement.excluded.revision,
        )
        .returning(table.c.ticket_id)
    )
    return written is not None


def facts_of(session: Session, visit_id: str) -> list[Any]:
    """Return what is known of a visit's steps at other agencies."""
    query = select(visit_steps).where(visit_steps.c.visit_id == visit_id)
    return list(session.execute(query.order_by(visit_steps.c.agency, visit_steps.c.ticket_id)))


def at_other_agencies(*, now: datetime) -> Any:
    """Return the query for the visits that a counter of another agency is busy with, as far as is known."""
    return select(visit_steps.c.visit_id).where(
        text("fact = 'at_counter'"), visit_steps.c.told_at > now - BELIEVED_FOR
    )


def in_the_house(
    session: Session, *, site: str, day: date, booked_until: datetime
) -> list[tuple[str, datetime]]:
    """Return visits with a booked step up to an hour whose holder is in the house: pairs (visit, since when).

    Another step of theirs tells, here or at another agency.
    """
    due = (
        tickets.c.site == site,
        tickets.c.day == day,
        tickets.c.state == State.BOOKED.value,
        tickets.c.slot_id.is_not(None),
        tickets.c.slot_starts_at <= booked_until,
    )
    there = (
        visit_steps.c.visit_id == tickets.c.visit_id,
        visit_steps.c.day == day,
        visit_steps.c.fact != LEFT,
    )
    elsewhere = (
        select(tickets.c.visit_id, func.min(visit_steps.c.told_at).label("came_at"))
        .join(visit_steps, and_(*there))
        .where(*due)
        .group_by(tickets.c.visit_id)
    )
    other = tickets.alias()
    here = (
        select(tickets.c.visit_id, func.min(other.c.checked_in_at).label("came_at"))
        .join(other, and_(other.c.visit_id == tickets.c.visit_id, other.c.day == day))
        .where(*due, other.c.checked_in_at.is_not(None))
        .group_by(tickets.c.visit_id)
    )
    found: dict[str, datetime] = {}
    for row in (*session.execute(elsewhere), *session.execute(here)):
        found[row.visit_id] = min(row.came_at, found.get(row.visit_id, row.came_at))
    return sorted(found.items())


def is_awaited(session: Session, ticket_id: str) -> bool:
    """Tell whether a ticket waits aside for another agency."""
    query = select(visit_returns.c.ticket_id).where(visit_returns.c.ticket_id == ticket_id)
    return session.scalar(query) is not None


def elsewhere_among(session: Session, visit_ids: Iterable[str], *, now: datetime) -> frozenset[str]:
    """Return those of these visits that a counter of another agency is busy with, as far as is known."""
    wanted = set(visit_ids)
    if not wanted:
        return frozenset()
    busy = and_(visit_steps.c.fact == AT_COUNTER, visit_steps.c.told_at > now - BELIEVED_FOR)
    return frozenset(
        visit_id
        for visit_id in session.scalars(select(visit_steps.c.visit_id).where(busy))
        if visit_id in wanted
    )


def number_is_free(session: Session, *, site: str, day: date, number: str, visit_id: str) -> bool:
    """Tell whether a visit's number belongs to nobody else here."""
    others = (
        tickets.c.site == site,
        tickets.c.day == day,
        tickets.c.number == number,
        tickets.c.visit_id != visit_id,
    )
    return session.scalar(select(tickets.c.id).where(*others).limit(1)) is None


def next_step(session: Session, *, site: str, day: date, number: str) -> int:
    """Return which step with this number of a locked visit would be the next one here, from 1."""
    same = (tickets.c.site == site, tickets.c.day == day, tickets.c.number == number)
    return (session.scalar(select(func.max(tickets.c.step)).where(*same)) or 0) + 1


def add_wish(session: Session, row: dict[str, Any]) -> None:
    """Write down whom an officer sent on."""
    session.execute(insert_into(session, visit_wishes).values(row))


def answer_wishes(session: Session, state: str, *where: Any, **reason: str) -> list[Any]:
    """Write down what became of wishes that nobody answered yet; return their rows.

    A refusal has the last word: that somebody is there for another step looks like an answer before it.
    """
    unanswered = (SENT, TAKEN) if state == REFUSED else (SENT,)
    statement = update(visit_wishes).where(visit_wishes.c.state.in_(unanswered), *where)
    return list(session.execute(statement.values(state=state, **reason).returning(visit_wishes)))


def wishes_of_counter(session: Session, *, site: str, counter: str, day: date) -> list[Any]:
    """Return whom a counter sent on today, the last first."""
    where = (visit_wishes.c.site == site, visit_wishes.c.day == day, visit_wishes.c.counter == counter)
    return list(session.execute(select(visit_wishes).where(*where).order_by(visit_wishes.c.sent_at.desc())))


def wait_for(session: Session, row: dict[str, Any]) -> None:
    """Have somebody who waits aside come back by themselves."""
    statement = insert_into(session, visit_returns)
    names = ("visit_id", "agency", "until", "day")
    session.execute(
        statement.values(row).on_conflict_do_update(
            index_elements=[visit_returns.c.ticket_id],
            set_={name: statement.excluded[name] for name in names},
        )
    )


def awaited(session: Session, *, visit_id: str) -> list[Any]:
    """Return who of a visit waits aside for another agency."""
    return list(session.execute(select(visit_returns).where(visit_returns.c.visit_id == visit_id)))


def wait_no_more(session: Session, ticket_ids: Collection[str]) -> None:
    """Forget what tickets waited aside for."""
    session.execute(delete(visit_returns).where(visit_returns.c.ticket_id.in_(ticket_ids)))


def put_neighbour(session: Session, *, site: str, agency: str, rows: Sequence[dict[str, Any]]) -> None:
    """Write what another agency gives at a site, instead of what it gave before."""
    session.execute(delete(neighbours).where(neighbours.c.site == site, neighbours.c.agency == agency))
    if rows:
        session.execute(insert_into(session, neighbours), list(rows))


def neighbours_at(session: Session, *, site: str) -> list[Any]:
    """Return what the other agencies give at a site, in the order of their names."""
    query = select(neighbours).where(neighbours.c.site == site)
    return list(session.execute(query.order_by(neighbours.c.agency_name_id, neighbours.c.name_id)))


def forget_before(session: Session, day: date) -> None:
    """Delete what concerns visits of earlier days."""
    for table in (visit_returns, visit_wishes, visit_steps, shared_visits):
        session.execute(delete(table).where(table.c.day < day))
