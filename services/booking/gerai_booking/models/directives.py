"""Orders of the centre that close offices, and what became of each ticket that they hit."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from gerai_shared.ids import new_id
from gerai_shared.ticket import State
from gerai_shared.times import AwareDateTime
from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    String,
    Table,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Session

from gerai_booking.models.people import people
from gerai_booking.models.tables import metadata
from gerai_booking.models.tickets import tickets
from gerai_booking.rules.catalogue import Text
from gerai_booking.rules.directives import CLOSING_STATES, OFFER, UNDOING, Directive

#: `services` are codes with spaces between them, '' for all.
directives = Table(
    "directives",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("number", String(100), nullable=False),
    Column("issuer", String(200), nullable=False),
    Column("dated", Date, nullable=False),
    Column("scope", String(20), nullable=False),
    Column("code", String(60), nullable=False),
    Column("services", LongText, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("text_id", LongText, nullable=False),
    Column("text_en", LongText, nullable=False),
    Column("state", String(20), nullable=False),
    Column("treatment", String(20), nullable=True),
    Column("choose_until", Date, nullable=True),
    Column("drafted_by", String(100), nullable=False),
    Column("drafted_at", AwareDateTime, nullable=False),
    Column("applied_by", String(100), nullable=True),
    Column("applied_at", AwareDateTime, nullable=True),
    Column("undone_by", String(100), nullable=True),
    Column("undone_at", AwareDateTime, nullable=True),
    Column("undone_why", LongText, nullable=True),
    Index("ix_directives_state_last_day", "state", "last_day"),
)

#: What an order did to a ticket, once: the key says so. The hour is the one that was lost; `outcome` is null
#: until the order is undone, then what became of the ticket's holder.
directive_tickets = Table(
    "directive_tickets",
    metadata,
    Column("directive_id", String(36), ForeignKey("directives.id"), primary_key=True),
    Column("ticket_id", String(36), primary_key=True),
    Column("number", String(8), nullable=False),
    Column("site", String(60), nullable=False),
    Column("service", String(60), nullable=False),
    Column("slot_id", String(100), nullable=False),
    Column("starts_at", AwareDateTime, nullable=False),
    Column("treatment", String(20), nullable=False),
    Column("new_ticket_id", String(36), nullable=True),
    Column("at", AwareDateTime, nullable=False),
    Column("outcome", String(20), nullable=True),
    Column("restored_ticket_id", String(36), nullable=True),
    Index("ix_directive_tickets_ticket_id", "ticket_id"),
    Index("ix_directive_tickets_new_ticket_id", "new_ticket_id"),
    Index("ix_directive_tickets_restored_ticket_id", "restored_ticket_id"),
)

Site = tuple[str, str]


def of_row(row: Any) -> Directive:
    """Return the order in a row."""
    return Directive(
        id=row.id,
        number=row.number,
        issuer=row.issuer,
        scope=row.scope,
        code=row.code,
        services=frozenset(row.services.split()),
        first_day=row.first_day,
        last_day=row.last_day,
        text=Text(id=row.text_id, en=row.text_en),
        choose_until=row.choose_until,
    )


def add(session: Session, row: dict[str, Any]) -> str:
    """Write an order down; return its id."""
    directive_id = new_id()
    session.execute(insert(directives).values(id=directive_id, **row))
    return directive_id


def find(session: Session, directive_id: str, *, lock: bool = False) -> Any | None:
    """Return the row of an order, locked for this transaction when asked."""
    query = select(directives).where(directives.c.id == directive_id)
    return session.execute(query.with_for_update() if lock else query).one_or_none()


def change(session: Session, directive_id: str, **values: Any) -> None:
    """Change an order that the caller has locked."""
    session.execute(update(directives).where(directives.c.id == directive_id).values(**values))


def recent(session: Session, *, limit: int) -> list[Any]:
    """Return the rows of the last orders, the newest first."""
    order = (directives.c.drafted_at.desc(), directives.c.id.desc())
    return list(session.execute(select(directives).order_by(*order).limit(limit)))


def in_force(session: Session, *, from_day: date) -> list[Directive]:
    """Return the orders that close something on a day or later.

    Whoever takes a place asks this after having locked the day: see usecases.directives.
    """
    closing = (directives.c.state.in_(CLOSING_STATES), directives.c.last_day >= from_day)
    return [of_row(row) for row in session.execute(select(directives).where(*closing))]


def to_work_on(session: Session, *, from_day: date) -> list[str]:
    """Return the ids of orders in force on a day or later, and of those that are being undone."""
    wanted = or_(
        directives.c.state == UNDOING,
        directives.c.state.in_(CLOSING_STATES) & (directives.c.last_day >= from_day),
    )
    return list(session.scalars(select(directives.c.id).where(wanted).order_by(directives.c.id)))


def hit(session: Session, directive: Directive, *, sites: Collection[str], after: datetime) -> list[Any]:
    """Return the tickets whose hours an order takes and that it has not treated yet, in order of their hours.

    Rows of a ticket with `masked_name`; of hours that begin `after` the order is put in force. One that has
    begun by then is served to its end: those who have it may stand at the counter already.
    """
    treated = exists().where(
        directive_tickets.c.directive_id == directive.id, directive_tickets.c.ticket_id == tickets.c.id
    )
    wanted = [
        tickets.c.site.in_(sites),
        tickets.c.day.between(directive.first_day, directive.last_day),
        tickets.c.state.in_((State.BOOKED.value, State.HELD.value)),
        tickets.c.slot_starts_at > after,
        ~treated,
    ]
    if directive.services:
        wanted.append(tickets.c.service.in_(directive.services))
    query = select(tickets, people.c.masked_name).outerjoin(people, people.c.ticket_id == tickets.c.id)
    order = (tickets.c.site, tickets.c.slot_starts_at, tickets.c.number)
    return list(session.execute(query.where(*wanted).order_by(*order)))


def add_treated(session: Session, row: dict[str, Any]) -> None:
    """Write down what an order did to a ticket; the key refuses a second time."""
    session.execute(insert(directive_tickets).values(row))


def find_treated(session: Session, directive_id: str, ticket_id: str) -> Any | None:
    """Return what an order did to a ticket, None when it did nothing."""
    key = (directive_tickets.c.directive_id == directive_id, directive_tickets.c.ticket_id == ticket_id)
    return session.execute(select(directive_tickets).where(*key)).one_or_none()


def set_outcome(
    session: Session, directive_id: str, ticket_id: str, *, outcome: str, restored: str | None
) -> None:
    """Write down what became of a ticket's holder when the order was undone."""
    key = (directive_tickets.c.directive_id == directive_id, directive_tickets.c.ticket_id == ticket_id)
    session.execute(
        update(directive_tickets).where(*key).values(outcome=outcome, restored_ticket_id=restored)
    )


def not_restored(session: Session, directive_id: str) -> list[str]:
    """Return the tickets of an undone order whose holders were not told yet, in the order of their hours."""
    query = select(directive_tickets.c.ticket_id).where(
        directive_tickets.c.directive_id == directive_id, directive_tickets.c.outcome.is_(None)
    )
    return list(session.scalars(query.order_by(directive_tickets.c.starts_at, directive_tickets.c.ticket_id)))


def treated_by(session: Session, directive_id: str) -> list[Any]:
    """Return what an order did, with `masked_name`; `new_number`, `new_starts_at` of the new ticket."""
    new = tickets.alias()
    return list(
        session.execute(
            select(
                directive_tickets,
                people.c.masked_name,
                new.c.number.label("new_number"),
                new.c.slot_starts_at.label("new_starts_at"),
            )
            .outerjoin(people, people.c.ticket_id == directive_tickets.c.ticket_id)
            .outerjoin(
                new,
                new.c.id
                == func.coalesce(directive_tickets.c.restored_ticket_id, directive_tickets.c.new_ticket_id),
            )
            .where(directive_tickets.c.directive_id == directive_id)
            .order_by(directive_tickets.c.starts_at, directive_tickets.c.number)
        )
    )


def of_ticket(session: Session, ticket_id: str) -> Any | None:
    """Return the last order that made or changed a ticket, with what it did; None where there was none."""
    row = directive_tickets
    about = or_(
        row.c.ticket_id == ticket_id, row.c.new_ticket_id == ticket_id, row.c.restored_ticket_id == ticket_id
    )
    return session.execute(
        select(directives, row.c.treatment.label("done"), row.c.outcome)
        .join(row, row.c.directive_id == directives.c.id)
        .where(about)
        .order_by(row.c.at.desc(), directives.c.id.desc())
        .limit(1)
    ).one_or_none()


def offers_over(
    session: Session, *, before: date, without: Collection[str], limit: int
) -> list[tuple[str, str]]:
    """Return (directive id, ticket id) of offers whose last day is over and that nobody took.

    Of an order, or of its end, which gave a ticket without an hour. But for the tickets `without`.
    """
    row = directive_tickets
    offered = or_(
        (row.c.ticket_id == tickets.c.id) & (row.c.treatment == OFFER),
        row.c.restored_ticket_id == tickets.c.id,
    )
    rows = session.execute(
        select(row.c.directive_id, tickets.c.id)
        .join(directives, directives.c.id == row.c.directive_id)
        .join(tickets, offered)
        .where(
            directives.c.choose_until < before,
            tickets.c.state == State.BOOKED.value,
            tickets.c.slot_id.is_(None),
            tickets.c.id.not_in(without),
        )
        .order_by(tickets.c.id)
        .limit(limit)
    )
    return [(directive_id, ticket_id) for directive_id, ticket_id in rows]
